import type { Queryable } from '../db/database.ts'
import { appendEntries, auditHead, readHead } from './append.ts'
import type { AuditEntry } from './entry.ts'
import { closingKind } from './kinds.ts'

/** An act that was announced and not closed. */
export type OpenIntent = Pick<AuditEntry, 'seq' | 'channel' | 'kind' | 'actor'>

/** Intents of the present log announced before `before` that no entry closes, oldest first. */
export async function findOpenIntents(
  q: Queryable,
  { before, limit = 1_000 }: { before: Date; limit?: number },
): Promise<OpenIntent[]> {
  const { log } = await readHead(q)
  return q.query<OpenIntent & Record<string, unknown>>(
    `select e.seq, e.channel, e.kind, e.actor from public.audit_entries e
     where e.log_id = $1 and (right(e.kind, 8) = '.request' or right(e.kind, 6) = '.start') and e.at < $2
       and not exists (select from public.audit_entries c where c.log_id = e.log_id and c.intent = e.seq)
     order by e.seq limit $3`,
    [log, before, limit],
  )
}

/** Closes intents whose doer is known to be gone: each gets an entry with the outcome `abandoned`. */
export async function abandonIntents(
  q: Queryable,
  intents: readonly OpenIntent[],
  log: string,
  actor: string,
): Promise<void> {
  if (intents.length === 0) return
  const at = new Date()
  const heads = intents.map(({ seq, channel, kind }) =>
    auditHead(
      log,
      { channel, kind: closingKind(kind), actor, data: { intent: seq, outcome: 'abandoned' } },
      at,
    ),
  )
  await appendEntries(q, heads)
}
