import { Hono } from 'hono'
import { UsageQuery } from '../../src/contract/usage.ts'
import { periodOf } from '../../src/money/period.ts'
import type { UsageReader } from '../../src/money/usages.ts'
import { queryOf } from '../body.ts'
import type { GatewayEnv } from '../env.ts'

/** What the caller used, and where they stand today. */
export const usageRoutes = (usages: UsageReader) =>
  new Hono<GatewayEnv>().get('/api/usage', async (c) =>
    c.json(await usages.of(c.get('person').userId, periodOf(queryOf(c, UsageQuery), usages.now()))),
  )
