import { Hono } from 'hono'
import { AdminPeopleQuery, ChangePersonRequest, InviteRequest } from '../../../src/contract/admin/people.ts'
import type { PeopleAdmin } from '../../../src/people/admin/admin.ts'
import { noPerson } from '../../../src/people/admin/directory.ts'
import { jsonBody, queryOf } from '../../body.ts'
import type { GatewayEnv } from '../../env.ts'
import { idOf } from './id.ts'

/** People, and how they stand. */
export const adminPeopleRoutes = (people: PeopleAdmin) =>
  new Hono<GatewayEnv>()
    .get('/users', async (c) => c.json(await people.list(queryOf(c, AdminPeopleQuery))))
    .get('/users/:id', async (c) => c.json(await people.get(idOf(c.req.param('id'), noPerson))))
    .patch('/users/:id', async (c) => {
      const changes = await jsonBody(c, ChangePersonRequest)
      const id = idOf(c.req.param('id'), noPerson)
      return c.json(await people.change(c.get('person').actor, id, changes))
    })
    .post('/invites', async (c) => {
      const { email } = await jsonBody(c, InviteRequest)
      return c.json(await people.invite(c.get('person').actor, email), 201)
    })
