import { createHash, timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { HelixError } from '../../src/errors.ts'
import type { GatewayEnv } from '../env.ts'
import { bearerToken } from '../middleware/bearer.ts'
import { noPath } from '../no-route.ts'

export interface MetricsDeps {
  text: () => Promise<string>
  contentType: string
  /** The Bearer token that is wanted; without one the route does not exist. */
  token: string | undefined
}

/** `GET /metrics` for whoever has the token. */
export const metricsRoutes = ({ token, ...metrics }: MetricsDeps) =>
  new Hono<GatewayEnv>().get('/metrics', async (c) => {
    if (token === undefined) throw noPath(c)
    const given = bearerToken(c.req.header('authorization'))
    if (given === undefined || !isSame(given, token)) {
      c.header('WWW-Authenticate', 'Bearer realm="helix metrics"')
      throw new HelixError('unauthorized', 'The metrics want their token', {
        hint: 'Send `Authorization: Bearer <HELIX_METRICS_TOKEN>`.',
      })
    }
    return answer(c, metrics)
  })

/** The same without a token, for a listener that only this machine can reach. */
export const openMetricsRoutes = (metrics: Omit<MetricsDeps, 'token'>) =>
  new Hono<GatewayEnv>().get('/metrics', (c) => answer(c, metrics))

async function answer(c: Context, { text, contentType }: Omit<MetricsDeps, 'token'>): Promise<Response> {
  return c.body(await text(), 200, { 'Content-Type': contentType })
}

/** In the same time whatever is given, length included. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
