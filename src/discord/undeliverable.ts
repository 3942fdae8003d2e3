import { appendEntries, auditHead } from '../audit/append.ts'
import type { AuditEntry } from '../audit/entry.ts'
import type { Queryable } from '../db/database.ts'
import type { DiscordFailure } from './failure.ts'

const KIND = 'discord.undeliverable'

/** Says on the chain, among the alerts, that Discord would not take an entry, so that it is not looked for there. */
export async function recordUndeliverable(
  q: Queryable,
  { log, channel, seq }: Pick<AuditEntry, 'log' | 'channel' | 'seq'>,
  { status, code, actor }: Pick<DiscordFailure, 'status' | 'code'> & { actor: string },
): Promise<void> {
  if (await isUndeliverable(q, { log, seq })) return
  const data = { severity: 'critical', channel, seq, status, code }
  await appendEntries(q, [auditHead(log, { channel: 'alerts', kind: KIND, actor, data }, new Date())])
}

/** Whether a later entry of the log says that Discord would not take this one. */
export async function isUndeliverable(
  q: Queryable,
  { log, seq }: Pick<AuditEntry, 'log' | 'seq'>,
): Promise<boolean> {
  const [row] = await q.query(
    `select from public.audit_entries
     where log_id = $1 and seq > $2 and kind = '${KIND}' and data ->> 'seq' = $2::text limit 1`,
    [log, seq],
  )
  return row !== undefined
}
