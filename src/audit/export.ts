import type { Queryable } from '../db/database.ts'
import { type Head, readHead } from './append.ts'
import { canonicalJson } from './canonical.ts'
import type { AuditEntry } from './entry.ts'

const PAGE = 1_000

interface EntryRow extends Record<string, unknown> {
  seq: number
  at: Date
  channel: AuditEntry['channel']
  kind: string
  actor: string
  data: Record<string, unknown>
  prev: string
  hash: string
}

/** Which part of the chain to read. */
export interface Range {
  /** Only entries after this seq, and only of the present log. */
  since?: number | undefined
  /** Where to stop; default: the log's end at the time of the call. */
  until?: Head | undefined
}

/**
 * The entries of the database in the order they were made, a page of 1,000 a query: first those of the logs the
 * present one continues, oldest first, then its own.
 */
export async function* readEntries(q: Queryable, { since, until }: Range = {}): AsyncGenerator<AuditEntry> {
  const end = until ?? (await readHead(q))
  if (since === undefined) {
    for (const log of (await continuedLogs(q, end.log)).slice(0, -1)) yield* readLog(q, log, 0, 'its end')
  }
  yield* readLog(q, end.log, since ?? 0, end.seq)
}

/** The same as exported lines, each with its line feed. */
export async function* exportLines(q: Queryable, range?: Range): AsyncGenerator<string> {
  for await (const entry of readEntries(q, range)) yield exportLine(entry)
}

/** One entry as one line, fields in the order of the format and the data canonical, with its line feed. */
export function exportLine(entry: AuditEntry): string {
  const { schema, log, seq, at, channel, kind, actor, data, prev, hash } = entry
  const start = JSON.stringify({ schema, log, seq, at, channel, kind, actor }).slice(0, -1)
  return `${start},"data":${canonicalJson(data)},${JSON.stringify({ prev, hash }).slice(1)}\n`
}

/** The last `count` entries of the present log, oldest first. */
export async function readTail(q: Queryable, count: number): Promise<AuditEntry[]> {
  const end = await readHead(q)
  const entries: AuditEntry[] = []
  for await (const entry of readLog(q, end.log, Math.max(0, end.seq - count), end.seq)) entries.push(entry)
  return entries
}

/** One entry of a log; undefined where there is none. */
export async function readEntry(q: Queryable, log: string, seq: number): Promise<AuditEntry | undefined> {
  for await (const entry of readLog(q, log, seq - 1, seq)) return entry
  return undefined
}

async function lastSeq(q: Queryable, log: string): Promise<number> {
  const [row] = await q.query<{ seq: number | null }>(
    'select max(seq) as seq from public.audit_entries where log_id = $1',
    [log],
  )
  return row?.seq ?? 0
}

async function* readLog(
  q: Queryable,
  log: string,
  since: number,
  until: number | 'its end',
): AsyncGenerator<AuditEntry> {
  const end = until === 'its end' ? await lastSeq(q, log) : until
  // Each page names its own end, so that no plan reads more than a page of a log that may be long.
  for (let after = since; after < end; after += PAGE) {
    const rows = await q.query<EntryRow>(
      `select seq, at, channel, kind, actor, data, prev, hash from public.audit_entries
       where log_id = $1 and seq > $2 and seq <= $3 order by seq`,
      [log, after, Math.min(after + PAGE, end)],
    )
    for (const { at, ...row } of rows) yield { schema: 1, log, ...row, at: at.toISOString() }
  }
}

/** The logs that `log` continues, oldest first, and itself. */
export async function continuedLogs(q: Queryable, log: string): Promise<string[]> {
  const logs: string[] = []
  for (let at: string | undefined = log; at !== undefined && !logs.includes(at); ) {
    logs.unshift(at)
    const [first]: { log: unknown }[] = await q.query(
      `select data ->> 'log' as log from public.audit_entries
       where log_id = $1 and seq = 1 and kind = 'log.continue'`,
      [at],
    )
    at = typeof first?.log === 'string' ? first.log : undefined
  }
  return logs
}
