import { Hono } from 'hono'
import {
  ChangeIncidentRequest,
  IncidentsQuery,
  IncidentUpdateRequest,
  OpenIncidentRequest,
} from '../../../src/contract/incidents.ts'
import { type Incidents, noIncident } from '../../../src/incidents/incidents.ts'
import { jsonBody, queryOf } from '../../body.ts'
import type { GatewayEnv } from '../../env.ts'
import { idOf } from './id.ts'

/** Incidents, as everyone sees them on the status page. */
export const adminIncidentRoutes = (incidents: Incidents) =>
  new Hono<GatewayEnv>()
    .get('/incidents', async (c) => c.json(await incidents.list(queryOf(c, IncidentsQuery))))
    .post('/incidents', async (c) => {
      const opened = await jsonBody(c, OpenIncidentRequest)
      return c.json(await incidents.open(c.get('person').actor, opened), 201)
    })
    .patch('/incidents/:id', async (c) => {
      const change = await jsonBody(c, ChangeIncidentRequest)
      const id = idOf(c.req.param('id'), noIncident)
      return c.json(await incidents.change(c.get('person').actor, id, change))
    })
    .post('/incidents/:id/updates', async (c) => {
      const update = await jsonBody(c, IncidentUpdateRequest)
      const id = idOf(c.req.param('id'), noIncident)
      return c.json(await incidents.update(c.get('person').actor, id, update), 201)
    })
