import { Hono } from 'hono'
import type { SignedIn } from '../../src/signin/signed-in.ts'
import type { GatewayEnv } from '../env.ts'

/** Where a person is signed in. No token may ask any of this. */
export const sessionRoutes = (signedIn: SignedIn) =>
  new Hono<GatewayEnv>()
    .get('/api/sessions', async (c) => c.json({ sessions: await signedIn.list(c.get('person')) }))
    .delete('/api/sessions/:id', async (c) => {
      await signedIn.end(c.get('person'), c.req.param('id'))
      return c.body(null, 204)
    })
