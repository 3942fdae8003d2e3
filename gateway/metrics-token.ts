import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { HelixError } from '../src/errors.ts'
import { bearerToken } from './middleware/bearer.ts'
import { noPath } from './no-route.ts'

/**
 * Lets in whoever has the token of the metrics.
 * @throws HelixError `unauthorized`; `not_found` where there is no such token, as if the route did not exist
 */
export function demandMetricsToken(c: Context, token: string | undefined): asserts token is string {
  if (token === undefined) throw noPath(c)
  const given = bearerToken(c.req.header('authorization'))
  if (given !== undefined && isSame(given, token)) return
  c.header('WWW-Authenticate', 'Bearer realm="helix metrics"')
  throw new HelixError('unauthorized', 'This wants the token of the metrics', {
    hint: 'Send `Authorization: Bearer <HELIX_METRICS_TOKEN>`.',
  })
}

/** In the same time whatever is given, length included. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
