import canonicalize from 'canonicalize'
import { HelixError } from '../errors.ts'

/** Deeper JSON is refused: nothing Helix logs comes near it, and a hostile file must not exhaust the machine. */
const MAX_DEPTH = 64

/**
 * The RFC 8785 form of a JSON value: one text for one meaning.
 * @throws HelixError `request_invalid` for what is not JSON or nests deeper than 64 levels.
 */
export function canonicalJson(value: unknown): string {
  if (deeperThan(value, MAX_DEPTH)) throw notCanonical(`it nests deeper than ${MAX_DEPTH} levels`)
  try {
    const text = canonicalize(value)
    if (text !== undefined) return text
  } catch (cause) {
    throw notCanonical(cause instanceof Error ? cause.message : 'it is not JSON', cause)
  }
  throw notCanonical('it is not JSON')
}

/** The RFC 8785 form of a string. */
export function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw notCanonical('a string in it is not well-formed Unicode')
  return JSON.stringify(text)
}

function deeperThan(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false
  if (levels === 0) return true
  const children = Array.isArray(value) ? value : Object.values(value)
  for (const child of children) if (deeperThan(child, levels - 1)) return true
  return false
}

function notCanonical(why: string, cause?: unknown): HelixError {
  return new HelixError('request_invalid', `This value has no canonical JSON: ${why}`, {
    hint: 'Pass it through sanitize() first.',
    cause,
  })
}
