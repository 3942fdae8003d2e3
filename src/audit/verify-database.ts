import type { Queryable } from '../db/database.ts'
import { readHead, readLogId } from './append.ts'
import type { Vouchers } from './checkpoints/checkpoint-check.ts'
import { leavesOfCheckpoint, storedCheckpoints } from './checkpoints/stored.ts'
import { continuedLogs, readEntries } from './export.ts'
import { type Verification, type VerifyOptions, verifyEntries } from './verify.ts'

export interface DatabaseVerifyOptions
  extends Pick<VerifyOptions, 'now' | 'graceMs'>,
    Pick<Vouchers, 'witnessed' | 'remembered' | 'anchor'> {}

/**
 * Verifies the chain in a database, from the first log it has to where the head row says it ends, with all the
 * checkpoints that were signed of it. Entries appended meanwhile are left for the next time.
 */
export async function verifyDatabase(
  q: Queryable,
  { witnessed, remembered, anchor, ...options }: DatabaseVerifyOptions = {},
): Promise<Verification> {
  // The checkpoints first: none of them can then be of entries that came after the head was read.
  const stored = await storedCheckpoints(q, await continuedLogs(q, await readLogId(q)))
  const head = await readHead(q)
  const verification = await verifyEntries(readEntries(q, { until: head }), {
    ...options,
    head,
    vouchers: {
      stored,
      leavesOf: (log, size) => leavesOfCheckpoint(q, log, size),
      witnessed,
      remembered,
      anchor,
    },
  })
  if (verification.findings.some(({ kind }) => kind !== 'open_intent')) return verification

  const [beyond] = await q.query<{ seq: number | null }>(
    `select min(e.seq) as seq from public.audit_entries e join public.audit_head h on e.log_id = h.log_id
     where e.seq > h.seq`,
  )
  if (typeof beyond?.seq !== 'number') return verification
  const message = `Entry ${beyond.seq} lies beyond the end of the log: it was not appended by the chain`
  return { ...verification, findings: [{ kind: 'forked', log: head.log, seq: beyond.seq, message }] }
}
