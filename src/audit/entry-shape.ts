import { type AuditEntry, CHANNELS } from './entry.ts'

const FIELDS = 10
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const CHANNEL_NAMES: ReadonlySet<unknown> = new Set(CHANNELS)

/** Whether `value` has exactly the fields of an entry, each of its type; says nothing of the hash. */
export function isAuditEntry(value: unknown): value is AuditEntry {
  if (typeof value !== 'object' || value === null) return false
  const entry: Partial<Record<keyof AuditEntry, unknown>> = value
  return (
    entry.schema === 1 &&
    typeof entry.log === 'string' &&
    Number.isSafeInteger(entry.seq) &&
    Number(entry.seq) > 0 &&
    typeof entry.at === 'string' &&
    DATE.test(entry.at) &&
    CHANNEL_NAMES.has(entry.channel) &&
    typeof entry.kind === 'string' &&
    typeof entry.actor === 'string' &&
    typeof entry.data === 'object' &&
    entry.data !== null &&
    !Array.isArray(entry.data) &&
    typeof entry.prev === 'string' &&
    typeof entry.hash === 'string' &&
    Object.keys(entry).length === FIELDS
  )
}

/** Reads one exported line; undefined when it is no entry. */
export function parseEntry(line: string): AuditEntry | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isAuditEntry(value) ? value : undefined
  } catch {
    return undefined
  }
}
