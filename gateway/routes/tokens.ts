import { Hono } from 'hono'
import { CreateTokenRequest } from '../../src/contract/tokens.ts'
import type { AccessTokens } from '../../src/signin/access-tokens/access-tokens.ts'
import { jsonBody } from '../body.ts'
import type { GatewayEnv } from '../env.ts'

/** A person's own access tokens. No token may ask any of this. */
export const tokenRoutes = (tokens: AccessTokens) =>
  new Hono<GatewayEnv>()
    .get('/api/tokens', async (c) => c.json({ tokens: await tokens.list(c.get('person').userId) }))
    .post('/api/tokens', async (c) =>
      c.json(await tokens.create(c.get('person'), await jsonBody(c, CreateTokenRequest)), 201),
    )
    .delete('/api/tokens/:id', async (c) => {
      await tokens.revoke(c.get('person'), c.req.param('id'))
      return c.body(null, 204)
    })
