import type { Queryable } from '../db/database.ts'
import { isStatementError } from '../db/statement-error.ts'
import { HelixError } from '../errors.ts'
import { CHANNELS, type NewEntry } from './entry.ts'
import { headText } from './hash.ts'
import { type Json, sanitize } from './sanitize.ts'

/** UTF-8 bytes of `data` an entry may carry; more is left out, and the entry says so. */
const MAX_DATA_BYTES = 16_384
const OTHER_LOG = 'HX001'

/**
 * One entry as `helix.append_audit` takes it: canonical JSON that ends right before `"prev"`, its data sanitized
 * and at most 16 KiB.
 * @throws HelixError `internal` when channel, kind, actor or date are not what an entry can carry.
 */
export function auditHead(log: string, entry: NewEntry, at: Date): string {
  const { channel, kind, actor } = entry
  if (!CHANNELS.includes(channel)) throw malformed('channel', channel)
  if (!/^[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+$/.test(kind) || kind.length > 100) throw malformed('kind', kind)
  if (!/^[\w][\w.:@+/-]*$/.test(actor) || actor.length > 200) throw malformed('actor', actor)
  return headText({ log, channel, kind, actor, at: at.toISOString(), data: loggable(entry.data) })
}

/**
 * Appends the heads in their order and resolves to the seq of the first. In a transaction, make it the last
 * statement: until the commit every other append waits.
 * @throws HelixError `audit_unavailable` when the heads were made for another log than this database's.
 */
export async function appendEntries(q: Queryable, heads: readonly string[]): Promise<number> {
  try {
    const [row] = await q.query<{ seq: number }>('select helix.append_audit($1::text[]) as seq', [heads])
    if (row !== undefined) return row.seq
  } catch (cause) {
    throw asAuditFailure(cause)
  }
  throw noHead()
}

/** What a refused append means: `audit_unavailable` where the database goes on under another log, else `cause`. */
export function asAuditFailure(cause: unknown): unknown {
  if (!isStatementError(cause, OTHER_LOG)) return cause
  return new HelixError('audit_unavailable', 'The database goes on under another log id: it was restored', {
    hint: 'Start Helix again, so that it reads the new log id.',
    cause,
  })
}

/** The id of the log this database writes. @throws HelixError `schema_behind` where there is none yet. */
export async function readLogId(q: Queryable): Promise<string> {
  return (await readHead(q)).log
}

/**
 * The id of the log, where this login may add to it; undefined where it may only read.
 * @throws HelixError `schema_behind` where there is no log
 */
export async function writableLog(q: Queryable): Promise<string | undefined> {
  const log = await readLogId(q)
  const [row] = await q.query<{ may: boolean }>(
    `select has_table_privilege('public.audit_entries', 'insert') as may`,
  )
  return row?.may ? log : undefined
}

/** Where a log ends: its id, the seq of its last entry (0 before the first) and that entry's hash. */
export interface Head {
  log: string
  seq: number
  hash: string
}

/** Where this database's log ends now. @throws HelixError `schema_behind` where there is no log. */
export async function readHead(q: Queryable): Promise<Head> {
  const [head] = await q
    .query<{ log: string; seq: number; hash: string }>(
      'select log_id as log, seq, hash from public.audit_head',
    )
    .catch((cause: unknown) => {
      throw isStatementError(cause, '42P01') ? noHead(cause) : cause
    })
  if (head === undefined) throw noHead()
  return head
}

function loggable(data: Record<string, unknown>): Record<string, unknown> {
  const clean = sanitize(data)
  if (!isRecord(clean)) return { ...links(data), unsanitizable: true }
  // Canonical JSON only reorders what JSON.stringify writes.
  const bytes = Buffer.byteLength(JSON.stringify(clean))
  return bytes <= MAX_DATA_BYTES ? clean : { ...links(clean), truncated: true, bytes }
}

// What ties an outcome to its intent is kept even where the rest has to go.
function links({ intent, outcome }: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  if (Number.isSafeInteger(intent)) kept.intent = intent
  if (typeof outcome === 'string' && /^[a-z_]{1,40}$/.test(outcome)) kept.outcome = outcome
  return kept
}

function isRecord(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(field: string, value: string): HelixError {
  return new HelixError('internal', `An audit entry cannot carry the ${field} ${JSON.stringify(value)}`, {
    hint: 'This is a defect in Helix; report it.',
  })
}

function noHead(cause?: unknown): HelixError {
  return new HelixError('schema_behind', 'The database has no audit log', {
    hint: 'Run helix db migrate.',
    next: ['helix db migrate'],
    cause,
  })
}
