import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { GatewayEnv } from './env.ts'

/**
 * The pattern of the route that takes the request, `/api/conversations/:key`; `unmatched` where there is none. The
 * one form in which a path may be logged or counted: it holds no id and no token, and there are only so many.
 */
export function routeOf(c: Context<GatewayEnv>): string {
  const { page } = c.var
  if (page !== undefined) return page
  return matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'unmatched'
}
