import { deniesNumbers, isDeniedKey } from './denied-keys.ts'
import { ENTRY_LIMITS, type Limits } from './limits.ts'
import { plainForm } from './plain-form.ts'
import { redact, redactLines, UNSANITIZABLE } from './redact.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const MAX_KEY_LENGTH = 100
const CUT = '[CUT]'
const REDACTED = '[REDACTED]'
const SMALLEST_CARD = 1e12

/**
 * A copy of `value` that may be logged for ever: no secrets, no control characters, of bounded depth, width and
 * size, and only what RFC 8785 and `jsonb` both keep exactly (safe integers, finite numbers, well-formed
 * strings without NUL). Deterministic, and idempotent; never throws: what cannot be copied is `[UNSANITIZABLE]`.
 */
export function sanitize(value: unknown, limits: Limits = ENTRY_LIMITS): Json {
  try {
    return copy(value, { limits, depth: 0, spent: { values: 0, texts: 0 } })
  } catch {
    return UNSANITIZABLE
  }
}

interface Place {
  limits: Limits
  depth: number
  /** Shared by all places of one copy. */
  spent: { values: number; texts: number }
}

function copy(value: unknown, place: Place): Json {
  place.spent.values += 1
  if (place.spent.values > place.limits.values) return CUT
  switch (typeof value) {
    case 'string':
      return text(value, place)
    case 'number':
      return number(value, place)
    case 'boolean':
      return value
    case 'bigint':
      return text(value.toString(), place)
    case 'object':
      return value === null ? null : container(value, place)
    default:
      return null
  }
}

// Once one text has not fitted, none does: a copy of the copy must end at the same place.
function text(value: string, { limits, spent }: Place): string {
  const clean = limits.lines ? redactLines(value, limits.text) : redact(value, limits.text)
  if (/^\[CUT \d+ characters\]$/.test(clean)) return clean
  if (spent.texts + clean.length > limits.texts) spent.texts = Number.POSITIVE_INFINITY
  else spent.texts += clean.length
  return spent.texts <= limits.texts ? clean : `[CUT ${value.length} characters]`
}

// Beyond 2^53 an integer's digits are not its own; as text they are at least what was printed.
function number(value: number, place: Place): Json {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    return text(String(value), place)
  if (value >= SMALLEST_CARD && redact(String(value)) !== String(value)) return redact(String(value))
  return value === 0 ? 0 : value
}

function container(value: object, place: Place): Json {
  if (place.depth >= place.limits.depth) return CUT
  const inside = { ...place, depth: place.depth + 1 }
  try {
    if (Array.isArray(value)) return list(value, inside)
    if (isPlain(value)) return record(value, inside)
    const plain = plainForm(value)
    if (Array.isArray(plain)) return list(plain, inside)
    return typeof plain === 'object' && plain !== null && isPlain(plain)
      ? record(plain, inside)
      : copy(plain, inside)
  } catch {
    return UNSANITIZABLE
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return (prototype === null || prototype === Object.prototype) && !('toJSON' in value)
}

// A list of headers, `['Authorization', 'Bearer …']`, names its secrets as an object does.
function list(values: readonly unknown[], place: Place): Json[] {
  const count = values.length
  const kept = count > place.limits.width ? place.limits.width - 1 : count
  const copied: Json[] = []
  for (let at = 0; at < kept; at += 1) {
    const item = copy(memberOf(values, at), place)
    copied.push(at % 2 === 1 && item !== null && isHeaderName(copied[at - 1]) ? REDACTED : item)
  }
  return count > kept ? [...copied, `[CUT ${count - kept} items]`] : copied
}

function isHeaderName(item: Json | undefined): boolean {
  return typeof item === 'string' && /^[\w-]{0,40}(?:authorization|cookie|api-key|-token)$/i.test(item)
}

function record(value: object, place: Place): Json {
  const entries = new Map<string, Json>()
  const keys = Object.keys(value)
  for (const [at, key] of keys.entries()) {
    const left = keys.length - at
    if (entries.size >= place.limits.width - 1 && left > 1) {
      entries.set(CUT, `${left} members`)
      break
    }
    const member = memberOf(value, key)
    if (member === undefined || typeof member === 'function' || typeof member === 'symbol') continue
    const name = plainKey(key)
    const copied = copy(member, place)
    entries.set(name, isSecret(key, name, copied) ? REDACTED : copied)
  }
  hideNamedValue(entries)
  return Object.fromEntries(entries)
}

// Lists of variables and headers are often written so: { name: 'DB_PASSWORD', value: '…' }.
function hideNamedValue(entries: Map<string, Json>): void {
  const value = entries.get('value')
  const name = value === undefined ? undefined : (entries.get('name') ?? entries.get('key'))
  if (typeof name === 'string' && value !== undefined && isSecret(name, name, value))
    entries.set('value', REDACTED)
}

// A getter that throws costs its own member alone.
function memberOf(value: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(value, key)
  } catch {
    return UNSANITIZABLE
  }
}

// A key that needs a JSON escape does not come back safely: JSON.parse of V8 13 takes `\"` for `\\` where an object
// before it had that key.
function plainKey(key: string): string {
  if (/^[a-z]{1,16}(?:[A-Z][a-z]{1,15}){0,3}$/.test(key)) return key
  return redact(key.replace(/["\\]/g, '_'), MAX_KEY_LENGTH)
}

function isSecret(key: string, name: string, value: Json): boolean {
  if (value === null || value === '' || typeof value === 'boolean') return false
  // Most members are counts; that their names deny no number is quickly seen.
  if (typeof value === 'number' && !deniesNumbers(key)) return false
  return isDeniedKey(key) || (name !== key && isDeniedKey(name))
}
