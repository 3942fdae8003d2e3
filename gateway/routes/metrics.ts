import { type Context, Hono } from 'hono'
import type { GatewayEnv } from '../env.ts'
import { demandMetricsToken } from '../metrics-token.ts'

export interface MetricsDeps {
  text: () => Promise<string>
  contentType: string
  /** The Bearer token that is wanted; without one the route does not exist. */
  token: string | undefined
}

/** `GET /metrics` for whoever has the token. */
export const metricsRoutes = ({ token, ...metrics }: MetricsDeps) =>
  new Hono<GatewayEnv>().get('/metrics', (c) => {
    demandMetricsToken(c, token)
    return answer(c, metrics)
  })

/** The same without a token, for a listener that only this machine can reach. */
export const openMetricsRoutes = (metrics: Omit<MetricsDeps, 'token'>) =>
  new Hono<GatewayEnv>().get('/metrics', (c) => answer(c, metrics))

async function answer(c: Context, { text, contentType }: Omit<MetricsDeps, 'token'>): Promise<Response> {
  return c.body(await text(), 200, { 'Content-Type': contentType })
}
