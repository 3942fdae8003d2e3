import { typist } from '../../src/audit/actors.ts'
import { IncidentUpdateRequest } from '../../src/contract/incidents.ts'
import { findIncident } from '../../src/incidents/find.ts'
import { defineCommand, option } from '../define.ts'
import { incidentSaid, openIncidents, which } from './incidents.ts'

const { status, message } = IncidentUpdateRequest.shape

export default defineCommand({
  examples: [
    ['helix incident note latest -m "A disk is full; we make room."', 'say how it goes on'],
    ['helix incident note 3f2a --status monitoring -m "Mended; we watch it."', 'with another status'],
  ],
  description: 'Everyone sees it on the status page. A note to one that was resolved opens it again.',
  arguments: { incident: which },
  options: {
    message: option('-m, --message <text>', 'what is new, as plain text', message),
    status: option(
      '--status <status>',
      'investigating, identified or monitoring; as it was unless told',
      status.exclude(['resolved']).optional(),
    ),
  },
  acts: ['incident.update.start'],
  async run({ incident: which, message, status }, context) {
    const incidents = await openIncidents(context)
    const known = await findIncident(incidents, which)
    const usual = known.status === 'resolved' ? 'investigating' : known.status
    return incidents.update(typist(), known.id, { status: status ?? usual, message })
  },
  view: (incident, { colour }) =>
    incidentSaid(incident, colour, 'To end it: helix incident resolve <id> -m "…"'),
})
