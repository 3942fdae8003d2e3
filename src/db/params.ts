import type { Param } from './database.ts'

/** Parameters as every adapter sends them: PostgreSQL's text form, so that all of them mean the same. */
export function encodeParams(params: readonly Param[]): (string | null)[] {
  return params.map(encodeParam)
}

function encodeParam(param: Param): string | null {
  if (param === null || param === undefined) return null
  if (typeof param === 'string') return param
  if (param instanceof Date) return param.toISOString()
  if (param instanceof Uint8Array) return `\\x${Buffer.from(param).toString('hex')}`
  if (typeof param === 'object') return encodeArray(param)
  return String(param)
}

function encodeArray(items: readonly Param[]): string {
  return `{${items.map(encodeItem).join(',')}}`
}

function encodeItem(item: Param): string {
  if (item !== null && typeof item === 'object' && !(item instanceof Date) && !(item instanceof Uint8Array)) {
    return encodeArray(item)
  }
  const text = encodeParam(item)
  return text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
