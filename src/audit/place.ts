import type { Queryable } from '../db/database.ts'
import { isStatementError } from '../db/statement-error.ts'
import { appendEntries, asAuditFailure, auditHead } from './append.ts'
import type { NewEntry } from './entry.ts'

/** How long an act counts as under way without its doer saying so again. */
const ACT_LEASE_MS = 30_000
/** How often the doer says so. */
export const ACT_RENEW_MS = 10_000

/** PostgreSQL knows no such function: a schema from before acts had leases, about to be migrated. */
const NO_SUCH_FUNCTION = '42883'

/** Where entries go: the chain in the database, or the journal where there is none. */
export interface EntryPlace {
  /** Appends one entry; resolves to its seq. */
  append(entry: NewEntry): Promise<number>
  /** Appends the intent of an act; once its doer is gone, others may close it. */
  begin(entry: NewEntry): Promise<number>
  /** Says that the act `seq` is still under way; called every ACT_RENEW_MS. */
  renew(seq: number): Promise<void>
  /** Appends the entry that closes the act `seq`. */
  end(seq: number, entry: NewEntry): Promise<number>
}

/** The database's log `log` (see readLogId). */
export function chainPlace(q: Queryable, log: string): EntryPlace {
  const head = (entry: NewEntry) => auditHead(log, entry, new Date())
  const append = (entry: NewEntry) => appendEntries(q, [head(entry)])

  async function call(statement: string, entry: NewEntry, more: number): Promise<number> {
    const rows = await q
      .query<{ seq: number }>(`select ${statement} as seq`, [head(entry), more])
      .catch((cause: unknown) => {
        if (isStatementError(cause, NO_SUCH_FUNCTION)) return undefined
        throw asAuditFailure(cause)
      })
    return rows?.[0]?.seq ?? append(entry)
  }

  return {
    append,
    begin: (entry) => call('helix.begin_act($1, $2)', entry, ACT_LEASE_MS),
    async renew(seq) {
      await q.query(
        `update public.audit_acts set expires_at = now() + $3 * interval '1 ms' where log_id = $1 and seq = $2`,
        [log, seq, ACT_LEASE_MS],
      )
    },
    end: (seq, entry) => call('helix.end_act($1, $2)', entry, seq),
  }
}
