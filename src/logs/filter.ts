import type { LogLevel } from '../log/logger.ts'
import type { LogRecord } from './record.ts'

/** Which lines are wanted; all conditions must hold. */
export interface LogFilter {
  since?: Date | undefined
  until?: Date | undefined
  /** This level and whatever is more serious. */
  level?: LogLevel | undefined
  statuses: readonly StatusRange[]
  /** The caller's pseudonym. */
  actor?: string | undefined
  /** Beginning of the id of a request. */
  request?: string | undefined
  grep?: RegExp | undefined
}

/** HTTP statuses, both ends included. */
export type StatusRange = readonly [from: number, to: number]

const ORDER: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** Makes the test of a filter. */
export function wanted(filter: LogFilter): (record: LogRecord) => boolean {
  const { level, statuses, actor, request, grep } = filter
  const [since, until] = [filter.since?.toISOString(), filter.until?.toISOString()]
  return (record) =>
    (since === undefined || record.at >= since) &&
    (until === undefined || record.at < until) &&
    (level === undefined || ORDER[record.level] >= ORDER[level]) &&
    (statuses.length === 0 || statuses.some(([from, to]) => isWithin(record.status, from, to))) &&
    (actor === undefined || record.actor === actor) &&
    (request === undefined || String(record.requestId ?? '').startsWith(request)) &&
    (grep === undefined || grep.test(JSON.stringify(record)))
}

function isWithin(status: unknown, from: number, to: number): boolean {
  return typeof status === 'number' && status >= from && status <= to
}

/** Reads `404`, `5xx` or `400-428`; undefined for anything else. */
export function statusRange(text: string): StatusRange | undefined {
  const [, from, to] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text) ?? []
  if (from !== undefined) return [Number(from), Number(to ?? from)]
  const [, hundred] = /^([1-5])xx$/i.exec(text) ?? []
  return hundred === undefined ? undefined : [Number(hundred) * 100, Number(hundred) * 100 + 99]
}
