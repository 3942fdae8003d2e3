import { isNativeError } from 'node:util/types'
import { UNSANITIZABLE } from './redact.ts'

/** What is logged of an object that is neither a list nor a plain record; may throw what the object throws. */
export function plainForm(value: object): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (isNativeError(value) || value instanceof Error) return errorFacts(value)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (value instanceof Map) return mapForm(value)
  if (value instanceof Set) return [...value]
  if (value instanceof Headers || value instanceof URLSearchParams) return Object.fromEntries(value.entries())
  if (value instanceof String || value instanceof Number || value instanceof Boolean) return value.valueOf()
  if (value instanceof RegExp) return String(value)
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON()
  return UNSANITIZABLE
}

// An error's message may quote anything; its name and code do not.
function errorFacts(error: Error): Record<string, unknown> {
  return {
    name: error.name,
    ...('code' in error && { code: error.code }),
    ...(error.cause !== undefined && { cause: error.cause }),
    ...(error instanceof AggregateError && { errors: error.errors }),
  }
}

function mapForm(map: ReadonlyMap<unknown, unknown>): unknown {
  const entries = [...map]
  return entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries) : entries
}
