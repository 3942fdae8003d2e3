import { backupAges } from '../backup/records.ts'
import type { AdminOverview } from '../contract/admin/overview.ts'
import type { Queryable, Row } from '../db/database.ts'

/** So many entries from the end of the log are looked at. */
const WINDOW = 20_000
const MOST_ALERTS = 8
/** What says no severity of itself, and is bad; anything else on that channel is news. */
const GRAVE = new Set(['audit.inconsistent', 'discord.undeliverable'])

interface AlertRow extends Row {
  at: Date
  kind: string
  alert: string | null
  severity: string | null
  message: string | null
}

/** What the end of the log tells: the newest alerts, and how Discord followed at the last heartbeat; and of backups. */
export async function readTold(q: Queryable) {
  const [alerts, beats, ages] = await Promise.all([
    q.query<AlertRow>(ALERTS, [WINDOW, MOST_ALERTS]),
    q.query<{ age: number | null }>(HEARTBEAT, [WINDOW]),
    backupAges(q),
  ])
  const at = (date: Date | undefined) => date?.toISOString() ?? null
  const backups = { madeAt: at(ages.madeAt), provedAt: at(ages.provedAt) }
  return { alerts: alerts.map(toAlert), outboxAgeSeconds: beats[0]?.age ?? null, backups }
}

function toAlert({ at, kind, alert, severity, message }: AlertRow): AdminOverview['alerts'][number] {
  const recovered = kind === 'alert.recovered'
  return {
    at: at.toISOString(),
    alert: alert ?? kind,
    severity: severity ?? (GRAVE.has(kind) ? 'critical' : 'info'),
    state: recovered ? 'recovered' : 'raised',
    message: recovered ? '' : (message ?? ''),
  }
}

const END = `from public.audit_head h join public.audit_entries e on e.log_id = h.log_id and e.seq > h.seq - $1`

const ALERTS = `
  select e.at, e.kind, e.data ->> 'alert' as alert, e.data ->> 'severity' as severity,
    coalesce(e.data ->> 'message', e.data ->> 'reason') as message
  ${END} where e.channel = 'alerts' order by e.seq desc limit $2`

const HEARTBEAT = `
  select (e.data ->> 'queueAgeSeconds')::float8 as age
  ${END} where e.kind = 'gateway.heartbeat' order by e.seq desc limit 1`
