import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'

/**
 * The pattern of the route that takes the request, `/api/conversations/:key`; `unmatched` where there is none. The
 * one form in which a path may be logged or counted: it holds no id and no token, and there are only so many.
 */
export function routeOf(c: Context): string {
  return matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'unmatched'
}
