import type { Incident } from '../contract/incidents.ts'
import type { Queryable, Row } from '../db/database.ts'

interface IncidentRow extends Row {
  id: string
  title: string
  severity: Incident['severity']
  status: Incident['status']
  started_at: Date
  resolved_at: Date | null
  updates: Incident['updates']
}

/** Which incidents are wanted. */
interface Wanted {
  id?: string | undefined
  /** Only older ones than this. */
  before?: string | undefined
  /** Only open ones and those that began or ended since. */
  since?: Date | undefined
  /** Only those that are not resolved. */
  open?: boolean | undefined
  limit?: number | undefined
}

/** Incidents with what was said of them, newest first. */
export function readIncidents(
  q: Queryable,
  { id, before, since, open = false, limit = 200 }: Wanted,
): Promise<IncidentRow[]> {
  return q.query<IncidentRow>(READ, [id ?? null, before ?? null, since ?? null, open, limit])
}

const READ = `
  select i.id, i.title, i.severity, i.status, i.started_at, i.resolved_at, coalesce((
    select jsonb_agg(jsonb_build_object('at', u.at, 'status', u.status, 'message', u.message) order by u.id desc)
    from public.incident_updates u where u.incident_id = i.id), '[]') as updates
  from public.incidents i
  where ($1::uuid is null or i.id = $1)
    and ($2::uuid is null
      or (i.started_at, i.id) < (select b.started_at, b.id from public.incidents b where b.id = $2))
    and ($3::timestamptz is null or i.resolved_at is null or i.resolved_at >= $3)
    and (not $4::boolean or i.resolved_at is null)
  order by i.started_at desc, i.id desc limit $5`

export function toIncident(row: IncidentRow): Incident {
  const { id, title, severity, status, updates } = row
  return {
    ...{ id, title, severity, status },
    startedAt: row.started_at.toISOString(),
    resolvedAt: row.resolved_at?.toISOString() ?? null,
    updates: updates.map(({ at, ...said }) => ({ at: new Date(at).toISOString(), ...said })),
  }
}
