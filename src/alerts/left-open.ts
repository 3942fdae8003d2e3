import type { NewEntry } from '../audit/entry.ts'
import type { Queryable } from '../db/database.ts'

/** An alert that was raised and whose end nobody told. */
interface LeftOpen {
  alert: string
  severity: string
  seq: number
}

/** So many entries from the end of the log are looked at: nobody waits for what is older. */
const WINDOW = 50_000

/**
 * What to append so that no alert of a gateway that is gone stays open: those of gateways that said they stopped and,
 * where no other process can be at work, of all. What is still wrong is raised anew by whoever meets it.
 */
export async function closeLeftOpen(
  q: Queryable,
  { log, actor, sole }: { log: string; actor: string; sole: boolean },
): Promise<NewEntry[]> {
  const rows = await q.query<LeftOpen & Record<string, unknown>>(
    `with told as (
       select seq, actor, kind, data from public.audit_entries
       where log_id = $1 and seq > (select seq from public.audit_head) - ${WINDOW}
         and channel = 'alerts' and kind in ('alert.raised', 'alert.recovered')
     ), newest as (
       select distinct on (actor, data ->> 'alert') seq, actor, kind, data from told
       order by actor, data ->> 'alert', seq desc
     )
     select n.seq, n.data ->> 'alert' as alert, n.data ->> 'severity' as severity from newest n
     where n.kind = 'alert.raised' and n.actor <> $2
       and not exists (select from told t where t.data ->> 'raisedAt' = n.seq::text) and ($3 or exists (
       select from public.audit_entries s
       where s.log_id = $1 and s.seq > n.seq and s.kind = 'gateway.stopped' and s.actor = n.actor
     )) order by n.seq`,
    [log, actor, sole],
  )
  return rows.map(({ alert, severity, seq }) => ({
    ...{ channel: 'alerts', kind: 'alert.recovered', actor },
    data: { alert, severity, raisedAt: seq, reason: 'its gateway ended' },
  }))
}
