import { Hono } from 'hono'
import { BeginLoadTestRequest } from '../../../src/contract/admin/loadtest.ts'
import type { TestPeople } from '../../../src/people/test-people.ts'
import { jsonBody } from '../../body.ts'
import type { GatewayEnv } from '../../env.ts'

/** Throw-away people for load tests. */
export const adminLoadTestRoutes = (people: TestPeople) =>
  new Hono<GatewayEnv>()
    .post('/loadtest', async (c) => {
      const wanted = await jsonBody(c, BeginLoadTestRequest)
      return c.json(await people.begin(c.get('person').actor, wanted), 201)
    })
    .delete('/loadtest/:run', async (c) =>
      c.json(await people.end(c.get('person').actor, c.req.param('run'))),
    )
