import type { Limits } from './limits.ts'
import { type Json, sanitize } from './sanitize.ts'

/** Bounds that only stop what is hostile: whoever filters a log wants all of it. */
const LIMITS: Limits = {
  depth: 64,
  width: 100_000,
  values: 1_000_000,
  text: 1_048_576,
  texts: 2_097_152,
  lines: true,
}

/** A line of JSON without secrets, as it was where it holds none; undefined when it is no JSON. */
export function sanitizeJsonLine(line: string): string | undefined {
  const end = line.slice(line.trimEnd().length)
  try {
    const value: Json = JSON.parse(line, exactNumber)
    const before = JSON.stringify(value)
    const after = JSON.stringify(sanitize(value, LIMITS))
    // A key that stands twice in an object is not in `before`: such a line is never shown as it was.
    return before === after && withoutSpaces(line) === before ? line : `${after}${end}`
  } catch {
    return undefined
  }
}

// Digits beyond 2^53 are kept as text, since as a number they would change.
function exactNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  const isExact = typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)
  return isExact ? value : (context?.source ?? value)
}

function withoutSpaces(line: string): string {
  return line.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')
}
