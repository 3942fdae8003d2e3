import { HelixError } from '../errors.ts'

/** Deepest nesting: no body of ours has more than a few levels. */
const MOST_LEVELS = 32
/** Most members and items in all. */
const MOST_PARTS = 10_000

/**
 * Reads JSON from someone who may mean harm. Two MiB of `[` would keep the parser busy for half a second, and with it
 * everyone; so nesting and parts are counted first, in one pass over the text.
 * @throws HelixError `request_invalid` for what is no JSON, too deep, too many parts, or has a key `__proto__`
 */
export function parseUntrusted(text: string): unknown {
  const { levels, parts } = measure(text)
  if (levels > MOST_LEVELS) throw invalid(`The body is nested more than ${MOST_LEVELS} levels deep`)
  if (parts > MOST_PARTS) throw invalid(`The body has more than ${MOST_PARTS} members`)
  const value = parse(text)
  if (hasPrototypeKey(value)) throw invalid('The body has a key "__proto__"')
  return value
}

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** How deep a text goes and how many commas part its values; what is no JSON gets some answer, too. */
function measure(text: string): { levels: number; parts: number } {
  let level = 0
  let levels = 0
  let parts = 1
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) at = endOfString(text, at)
    else if (unit === COMMA) parts += 1
    else if (unit === OPEN_ARRAY || unit === OPEN_OBJECT) levels = Math.max(levels, ++level)
    else if (unit === CLOSE_ARRAY || unit === CLOSE_OBJECT) level -= 1
  }
  return { levels, parts }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalid('The body is no valid JSON', cause)
  }
}

/** A key that code which copies members one by one would take for the prototype of its copy. */
function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasPrototypeKey)
}

function invalid(message: string, cause?: unknown): HelixError {
  return new HelixError('request_invalid', message, {
    hint: 'See docs/api.md for what this route takes.',
    cause,
  })
}
