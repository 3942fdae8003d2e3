import { type Context, Hono } from 'hono'
import { ChangeProfileRequest } from '../../src/contract/profile.ts'
import type { TokenInUse } from '../../src/contract/tokens.ts'
import type { Profiles } from '../../src/people/profiles.ts'
import { jsonBody } from '../body.ts'
import type { GatewayEnv } from '../env.ts'

/** Who the caller is to Helix, and what of that they may word themselves. */
export const profileRoutes = (profiles: Profiles) =>
  new Hono<GatewayEnv>()
    .get('/api/profile', async (c) => c.json(await profiles.get(c.get('person').userId, tokenInUse(c))))
    .patch('/api/profile', async (c) => {
      await profiles.change(c.get('person').userId, await jsonBody(c, ChangeProfileRequest))
      return c.json(await profiles.get(c.get('person').userId, tokenInUse(c)))
    })

function tokenInUse(c: Context<GatewayEnv>): TokenInUse | null {
  const use = c.get('accessToken')
  return use ? { id: use.id, name: use.name, scopes: use.scopes, expiresAt: use.expiresAt } : null
}
