import { typist } from '../../src/audit/actors.ts'
import { IncidentUpdateRequest } from '../../src/contract/incidents.ts'
import { findIncident } from '../../src/incidents/find.ts'
import type { Judge } from '../../src/incidents/soundness.ts'
import { warnOf } from '../db/findings.ts'
import { defineCommand, option } from '../define.ts'
import { incidentSaid, openIncidents, which } from './incidents.ts'

export default defineCommand({
  examples: [['helix incident resolve latest -m "Everything works again."', 'end the newest open one']],
  description:
    'Looks first, as helix db check does, whether everything in the database fits together. Where rows are lost or may\n' +
    'become so, it asks whether the incident is over all the same (--yes).',
  arguments: { incident: which },
  options: {
    message: option('-m, --message <text>', 'how it ended', IncidentUpdateRequest.shape.message),
  },
  acts: ['incident.resolve.start'],
  async run({ incident: which, message }, context) {
    const incidents = await openIncidents(context)
    const { id } = await findIncident(incidents, which)
    const judge: Judge = {
      onFindings: (findings) => warnOf(findings, context),
      consent: (act) => context.consent({ act }),
    }
    return incidents.update(typist(), id, { status: 'resolved', message }, judge)
  },
  view: (incident, { colour }) =>
    incidentSaid(
      incident,
      colour,
      'To write it up: helix incident report <id>; to undo: helix incident note <id> -m "…"',
    ),
})
