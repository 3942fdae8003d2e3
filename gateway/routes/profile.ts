import { Hono } from 'hono'
import type { Profiles } from '../../src/people/profiles.ts'
import type { GatewayEnv } from '../env.ts'

/** Who the caller is to Helix. */
export const profileRoutes = (profiles: Profiles) =>
  new Hono<GatewayEnv>().get('/api/profile', async (c) => c.json(await profiles.get(c.get('person').userId)))
