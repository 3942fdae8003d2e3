import { Hono } from 'hono'
import type { Health, PublicConfig } from '../../src/contract/health.ts'
import type { GatewayEnv } from '../env.ts'

export interface HealthDeps {
  /** The full picture, as `/health` shows it. */
  health: () => Promise<Health>
  /** Whether this process takes new work. */
  ready: () => boolean
  publicConfig: () => PublicConfig
}

/** What process managers, proxies and pages ask before anyone signs in. */
export const healthRoutes = ({ health, ready, publicConfig }: HealthDeps) =>
  new Hono<GatewayEnv>()
    .get('/health', async (c) => {
      const seen = await health()
      return c.json(seen, seen.status === 'down' ? 503 : 200)
    })
    .get('/health/live', (c) => c.json({ status: 'ok' }))
    .get('/health/ready', (c) => (ready() ? c.json({ status: 'ok' }) : c.json({ status: 'draining' }, 503)))
    .get('/config.json', (c) => c.json(publicConfig()))
