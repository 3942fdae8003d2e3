import type { Database, Queryable } from '../db/database.ts'
import { appendEntries, auditHead, readHead } from './append.ts'
import type { AuditEntry } from './entry.ts'
import { closingKind } from './kinds.ts'

/** An act that was announced and not closed. */
export type OpenIntent = Pick<AuditEntry, 'seq' | 'channel' | 'kind' | 'actor'>
type Found = OpenIntent & Record<string, unknown>

/** At most so many at once: whatever is left over goes with the next call. */
const MOST_AT_ONCE = 1_000
const IS_INTENT = `(right(e.kind, 8) = '.request' or right(e.kind, 6) = '.start')`
const NOT_CLOSED = `not exists (select from public.audit_entries c where c.log_id = e.log_id and c.intent = e.seq)`

/** Intents of the present log announced before `before` that no entry closes, oldest first. */
export async function findOpenIntents(
  q: Queryable,
  { before, limit = MOST_AT_ONCE }: { before: Date; limit?: number },
): Promise<(OpenIntent & { at: Date })[]> {
  const { log } = await readHead(q)
  return q.query<Found & { at: Date }>(
    `select e.seq, e.at, e.channel, e.kind, e.actor from public.audit_entries e
     where e.log_id = $1 and ${IS_INTENT} and e.at < $2 and ${NOT_CLOSED} order by e.seq limit $3`,
    [log, before, limit],
  )
}

/** Closes intents whose doer is known to be gone: each gets an entry with the outcome `interrupted`. */
export async function closeInterrupted(
  q: Queryable,
  intents: readonly OpenIntent[],
  log: string,
  actor: string,
): Promise<void> {
  if (intents.length === 0) return
  const at = new Date()
  await appendEntries(
    q,
    intents.map((intent) => auditHead(log, interruption(intent, actor), at)),
  )
}

/** What closes an intent that its doer cannot close. */
export function interruption({ seq, channel, kind }: OpenIntent, actor: string) {
  return { channel, kind: closingKind(kind), actor, data: { intent: seq, outcome: 'interrupted' } }
}

/** Closes every intent, for whoever is the only one there can be on this database. */
export async function closeEveryIntent(db: Database, actor: string): Promise<void> {
  const { log } = await readHead(db)
  for (;;) {
    const open = await findOpenIntents(db, { before: new Date() })
    await closeInterrupted(db, open, log, actor)
    if (open.length < MOST_AT_ONCE) break
  }
  await db.query('delete from public.audit_acts')
}

/** Closes acts whose doer has not said for a while that they are under way; resolves to how many. */
export async function closeLostActs(db: Database, actor: string): Promise<number> {
  const [lost] = await db.query('select 1 from public.audit_acts where expires_at < now() limit 1')
  if (!lost) return 0
  return db.transaction('gateway', async (tx) => {
    const { log } = await readHead(tx)
    const acts = await tx.query<Found & { log: string }>(
      `delete from public.audit_acts a using public.audit_entries e
       where a.expires_at < now() and e.log_id = a.log_id and e.seq = a.seq
       returning a.log_id as log, e.seq, e.channel, e.kind, e.actor`,
    )
    // What was open in a log that another continues is closed by that.
    const open = acts.filter((act) => act.log === log)
    await closeInterrupted(tx, open, log, actor)
    return open.length
  })
}

/**
 * Closes intents announced before `before` that nobody answers for: neither an act under way nor a generation. Acts
 * of a Helix from before acts had leases leave such.
 */
export async function closeForgottenIntents(db: Database, before: Date, actor: string): Promise<number> {
  const { log } = await readHead(db)
  const open = await db.query<Found>(
    `select e.seq, e.channel, e.kind, e.actor from public.audit_entries e
     where e.log_id = $1 and ${IS_INTENT} and e.at < $2 and ${NOT_CLOSED}
       and not exists (select from public.audit_acts a where a.log_id = e.log_id and a.seq = e.seq)
       and not exists (select from public.generations g where g.intent_seq = e.seq and g.finished_at is null)
     order by e.seq limit $3`,
    [log, before, MOST_AT_ONCE],
  )
  await closeInterrupted(db, open, log, actor)
  return open.length
}
