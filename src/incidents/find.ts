import type { Incident } from '../contract/incidents.ts'
import { HelixError } from '../errors.ts'
import { type Incidents, noIncident } from './incidents.ts'

/**
 * The incident an operator means: its id, the beginning of it, or `latest` for the newest that is not resolved.
 * @throws HelixError `incident_not_found`, `usage` where several begin so
 */
export async function findIncident(incidents: Incidents, which: string): Promise<Incident> {
  const { incidents: known } = await incidents.list({ limit: 100 })
  if (which === 'latest') {
    const open = known.find(({ resolvedAt }) => resolvedAt === null)
    if (open) return open
    throw noIncident('that is open')
  }
  const wanted = which.toLowerCase()
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(wanted)) return incidents.get(wanted)
  const found = known.filter(({ id }) => id.startsWith(wanted))
  const [incident, ...more] = found
  if (!incident) throw noIncident(which)
  if (more.length === 0) return incident
  throw new HelixError('usage', `${found.length} incidents begin with ${which}`, {
    hint: 'Give more of the id.',
    next: ['helix incident list'],
  })
}
