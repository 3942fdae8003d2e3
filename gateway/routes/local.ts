import { Hono } from 'hono'
import type { People } from '../../src/people/people.ts'
import type { Accounts } from '../../src/signin/accounts.ts'
import type { Authenticated } from '../middleware/authenticate.ts'
import { noPath } from '../no-route.ts'

interface LocalRouteDeps {
  accounts: Accounts
  people: People
}

/** Routes of the private socket, for who may open it: the owner of the data directory. Elsewhere they do not exist. */
export function localRoutes({ accounts, people }: LocalRouteDeps) {
  return new Hono<Authenticated>()
    .use(async function onlyOnThePrivateSocket(c, next) {
      if (c.env?.owner !== true) throw noPath(c)
      await next()
    })
    .post('/token', async (c) => {
      const { userId } = await people.owner()
      const session = await accounts.signInAs(userId, {
        userAgent: c.req.header('user-agent') ?? null,
        address: null,
      })
      c.header('Cache-Control', 'no-store')
      return c.json(session)
    })
}
