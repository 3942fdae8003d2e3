import { redact, UNSANITIZABLE } from './redact.ts'
import { isDeniedKey } from './redaction-rules.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const MAX_DEPTH = 6
const MAX_WIDTH = 64
const MAX_VALUES = 1_000
const MAX_KEY_LENGTH = 100
const CUT = '[CUT]'

/**
 * A copy of `value` that may be logged for ever: no secrets, no control characters, of bounded depth, width and
 * size, and only what RFC 8785 and `jsonb` both keep exactly (safe integers, finite numbers, well-formed
 * strings without NUL). Deterministic, and idempotent; never throws: what cannot be copied is `[UNSANITIZABLE]`.
 */
export function sanitize(value: unknown): Json {
  try {
    return copy(value, 0, { values: 0 })
  } catch {
    return UNSANITIZABLE
  }
}

interface Budget {
  values: number
}

function copy(value: unknown, depth: number, budget: Budget): Json {
  budget.values += 1
  if (budget.values > MAX_VALUES) return CUT
  switch (typeof value) {
    case 'string':
      return redact(value)
    case 'number':
      return number(value)
    case 'boolean':
      return value
    case 'bigint':
      return redact(value.toString())
    case 'object':
      return value === null ? null : container(value, depth, budget)
    default:
      return null
  }
}

// Beyond 2^53 an integer's digits are not its own; as text they are at least what was printed.
function number(value: number): Json {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    return String(value)
  return value === 0 ? 0 : value
}

function container(value: object, depth: number, budget: Budget): Json {
  if (depth >= MAX_DEPTH) return CUT
  if (Array.isArray(value)) return list(value, depth, budget)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Error) return record(errorFacts(value), depth, budget)
  if ('toJSON' in value && typeof value.toJSON === 'function') return copy(value.toJSON(), depth + 1, budget)
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype ? record(value, depth, budget) : UNSANITIZABLE
}

// An error's message may quote anything; its name and code do not.
function errorFacts(error: Error): Record<string, unknown> {
  return 'code' in error ? { name: error.name, code: error.code } : { name: error.name }
}

function list(values: readonly unknown[], depth: number, budget: Budget): Json[] {
  const kept = values.slice(0, MAX_WIDTH).map((value) => copy(value, depth + 1, budget))
  return values.length > MAX_WIDTH ? [...kept.slice(0, MAX_WIDTH - 1), CUT] : kept
}

function record(value: object, depth: number, budget: Budget): Json {
  const entries = new Map<string, Json>()
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined || typeof member === 'function' || typeof member === 'symbol') continue
    if (entries.size === MAX_WIDTH - 1) {
      entries.set(CUT, true)
      break
    }
    const name = plainKey(key)
    const denied = isDeniedKey(key) || (name !== key && isDeniedKey(name))
    const copied = copy(member, depth + 1, budget)
    entries.set(name, denied && mayBeSecret(copied) ? '[REDACTED]' : copied)
  }
  return Object.fromEntries(entries)
}

// A key that needs a JSON escape does not come back safely: JSON.parse of V8 13 takes `\"` for `\\` where an object
// before it had that key.
function plainKey(key: string): string {
  return redact(key.replace(/["\\]/g, '_'), MAX_KEY_LENGTH)
}

function mayBeSecret(value: Json): boolean {
  return value !== null && value !== '' && typeof value !== 'boolean' && typeof value !== 'number'
}
