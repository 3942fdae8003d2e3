import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import { OpenIncidentRequest } from '../../src/contract/incidents.ts'
import { argument, defineCommand, option } from '../define.ts'
import { incidentSaid, openIncidents } from './incidents.ts'

const { title, severity, message } = OpenIncidentRequest.shape

export default defineCommand({
  examples: [
    ['helix incident open "Replies are slow" -m "We are looking into it."', 'for everyone to see'],
    ['helix incident open "No sign-in" --severity critical -m "Known since 9:40 UTC."', 'the worst kind'],
  ],
  description:
    'Shows on the status page at once, and in #helix-alerts. Works on the database of the configuration, so also ' +
    'while no gateway answers.',
  arguments: { title: argument('<title>', 'what users see is wrong, in one line', title) },
  options: {
    message: option('-m, --message <text>', 'what is known, as plain text', message),
    severity: option('--severity <severity>', 'minor, major or critical (major)', severity.default('major')),
    status: option(
      '--status <status>',
      'investigating, identified or monitoring (investigating)',
      z.enum(['investigating', 'identified', 'monitoring']).default('investigating'),
    ),
  },
  acts: ['incident.open.start'],
  async run(incident, context) {
    return (await openIncidents(context)).open(typist(), incident)
  },
  view: (incident, { colour }) =>
    incidentSaid(
      incident,
      colour,
      'To go on: helix incident note <id> -m "…"; to end it: helix incident resolve <id> -m "…"',
    ),
})
