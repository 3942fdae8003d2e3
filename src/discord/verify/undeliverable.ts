import type { AuditEntry } from '../../audit/entry.ts'
import type { Queryable } from '../../db/database.ts'

/** Whether a later entry of the log says that Discord would not take this one. */
export async function isUndeliverable(
  q: Queryable,
  { log, seq }: Pick<AuditEntry, 'log' | 'seq'>,
): Promise<boolean> {
  const [row] = await q.query(
    `select from public.audit_entries
     where log_id = $1 and seq > $2 and kind = 'discord.undeliverable' and data ->> 'seq' = $2::text limit 1`,
    [log, seq],
  )
  return row !== undefined
}
