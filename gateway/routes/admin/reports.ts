import { Hono } from 'hono'
import { SeriesQuery } from '../../../src/contract/admin/overview.ts'
import { PageQuery } from '../../../src/contract/admin/reports.ts'
import { UsageQuery } from '../../../src/contract/usage.ts'
import { periodOf } from '../../../src/money/period.ts'
import { queryOf } from '../../body.ts'
import type { GatewayEnv } from '../../env.ts'
import type { AdminDeps } from './deps.ts'

/** How everything stands and stood. */
export const adminReportRoutes = ({ reports, clientErrors }: Pick<AdminDeps, 'reports' | 'clientErrors'>) =>
  new Hono<GatewayEnv>()
    .get('/overview', async (c) => c.json(await reports.overview()))
    .get('/series', async (c) => c.json(await reports.series(queryOf(c, SeriesQuery))))
    .get('/feedback', async (c) => c.json(await reports.feedback(queryOf(c, PageQuery))))
    .get('/client-errors', async (c) => c.json(await clientErrors.list(queryOf(c, PageQuery))))
    .get('/usage', async (c) => c.json(await reports.usage(periodOf(queryOf(c, UsageQuery), new Date()))))
    .get('/settings', (c) => c.json({ settings: reports.settings() }))
