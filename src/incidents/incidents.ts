import type { Audit } from '../audit/audit.ts'
import type {
  ChangeIncidentRequest,
  Incident,
  IncidentPage,
  IncidentsQuery,
  IncidentUpdateRequest,
  OpenIncidentRequest,
} from '../contract/incidents.ts'
import type { Database, Queryable } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import { assertSound, type Judge, type Look, UNASKED } from './soundness.ts'
import { readIncidents, toIncident } from './stored.ts'

interface IncidentDeps {
  db: Database
  audit: Pick<Audit, 'act'>
  /** Told that something everyone may see has changed. */
  onChange?: () => void
  /** Looks whether the database is sound, before an incident is over. */
  look: Look
}

export type Incidents = ReturnType<typeof createIncidents>

/**
 * Incidents, as everyone may see them. Each act is on the chain before it is done, on the channel of alerts, so that
 * Discord's #helix-alerts tells of it; with the title, which is public, and without what updates say.
 */
export function createIncidents({ db, audit, look, onChange = () => {} }: IncidentDeps) {
  async function act(
    what: string,
    actor: string,
    data: Record<string, unknown>,
    run: (q: Queryable) => Promise<string>,
  ): Promise<Incident> {
    const id = await audit.act(
      { channel: 'alerts', kind: `incident.${what}.start`, actor, data },
      () => db.transaction('gateway', run),
      (incident) => ({ incident }),
    )
    onChange()
    return get(id)
  }

  async function get(id: string): Promise<Incident> {
    const [row] = await readIncidents(db, { id })
    if (!row) throw noIncident(id)
    return toIncident(row)
  }

  return {
    /** @throws HelixError `incident_not_found` */
    get,

    /** One page, newest first. */
    async list({ before, limit }: IncidentsQuery): Promise<IncidentPage> {
      const rows = await readIncidents(db, { before, limit })
      return {
        incidents: rows.map(toIncident),
        before: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
      }
    },

    open(actor: string, { title, severity, status, message }: OpenIncidentRequest): Promise<Incident> {
      return act('open', actor, { title, severity, status }, async (tx) => {
        const [row] = await tx.query<{ id: string }>(
          'insert into public.incidents (title, severity, status) values ($1, $2, $3) returning id',
          [title, severity, status],
        )
        const id = row?.id ?? ''
        await note(tx, id, { status, message })
        return id
      })
    },

    /** @throws HelixError `incident_not_found` */
    async change(actor: string, id: string, { title, severity }: ChangeIncidentRequest): Promise<Incident> {
      const known = await get(id)
      const becomes = { title: title ?? known.title, severity: severity ?? known.severity }
      return act('change', actor, { incident: id, ...becomes }, async (tx) => {
        await tx.query(
          'update public.incidents set title = coalesce($2, title), severity = coalesce($3, severity) where id = $1',
          [id, title ?? null, severity ?? null],
        )
        return id
      })
    },

    /**
     * Says how it goes on, or that it is resolved; that only where the database is sound, or somebody consents, which
     * is then on the chain too.
     * @throws HelixError `incident_not_found`, and what the judge throws
     */
    async update(
      actor: string,
      id: string,
      { status, message, consent = false }: IncidentUpdateRequest,
      judge: Judge = UNASKED,
    ): Promise<Incident> {
      const { title, severity } = await get(id)
      const over = status === 'resolved'
      const consented = over && (consent || (await assertSound(look, judge, 'Resolve the incident')))
      const data = { incident: id, title, severity, status, ...(consented && { consented }) }
      return act(over ? 'resolve' : 'update', actor, data, async (tx) => {
        await tx.query(
          `update public.incidents set status = $2,
             resolved_at = case when $2 = 'resolved' then coalesce(resolved_at, now()) end where id = $1`,
          [id, status],
        )
        await note(tx, id, { status, message })
        return id
      })
    },
  }
}

async function note(
  tx: Queryable,
  id: string,
  { status, message }: Pick<IncidentUpdateRequest, 'status' | 'message'>,
): Promise<void> {
  await tx.query('insert into public.incident_updates (incident_id, status, message) values ($1, $2, $3)', [
    id,
    status,
    message,
  ])
}

/** The refusal of an incident nobody knows. */
export function noIncident(id: string): HelixError {
  return new HelixError('incident_not_found', `No incident ${id}`, {
    hint: '`helix incident list` shows those there are.',
    next: ['helix incident list'],
  })
}
