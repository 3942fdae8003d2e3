import type { Queryable } from '../db/database.ts'
import { readHead } from './append.ts'
import { readEntries } from './export.ts'
import { type Verification, type VerifyOptions, verifyEntries } from './verify.ts'

/**
 * Verifies the chain in a database, from the first log it has to where the head row says it ends.
 * Entries appended meanwhile are left for the next time.
 */
export async function verifyDatabase(
  q: Queryable,
  options: Pick<VerifyOptions, 'now' | 'graceMs'> = {},
): Promise<Verification> {
  const head = await readHead(q)
  const verification = await verifyEntries(readEntries(q, { until: head }), { ...options, head })
  if (verification.findings.some(({ kind }) => kind !== 'open_intent')) return verification

  const [beyond] = await q.query<{ seq: number | null }>(
    `select min(e.seq) as seq from public.audit_entries e join public.audit_head h on e.log_id = h.log_id
     where e.seq > h.seq`,
  )
  if (typeof beyond?.seq !== 'number') return verification
  const message = `Entry ${beyond.seq} lies beyond the end of the log: it was not appended by the chain`
  return { ...verification, findings: [{ kind: 'forked', log: head.log, seq: beyond.seq, message }] }
}
