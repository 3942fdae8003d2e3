import { z } from 'zod'
import { IncidentsQuery } from '../../src/contract/incidents.ts'
import { defineCommand, option } from '../define.ts'
import { incidentLine, openIncidents } from './incidents.ts'

export default defineCommand({
  examples: [
    ['helix incident list', 'the newest fifty incidents'],
    ['helix incident list --open', 'those that are not resolved'],
  ],
  options: {
    open: option('--open', 'only those that are not resolved', z.boolean().default(false)),
    limit: option('-n, --limit <count>', 'how many at most (50)', IncidentsQuery.shape.limit),
  },
  async run({ open, limit }, context) {
    const { incidents } = await (await openIncidents(context)).list({ limit })
    return { incidents: open ? incidents.filter(({ resolvedAt }) => resolvedAt === null) : incidents }
  },
  view: ({ incidents }, { colour }) =>
    incidents.map((incident) => incidentLine(incident, colour)).join('\n') || 'No incidents.',
})
