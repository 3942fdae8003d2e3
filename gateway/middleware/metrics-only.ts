import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { HelixError } from '../../src/errors.ts'
import type { GatewayEnv } from '../env.ts'
import { noPath } from '../no-route.ts'
import { bearerToken } from './bearer.ts'

/** Lets in whoever has the token of the metrics; where there is none, the route does not exist. */
export function metricsOnly(token: string | undefined): MiddlewareHandler<GatewayEnv> {
  return async function metricsOnly(c, next) {
    if (token === undefined) throw noPath(c)
    const given = bearerToken(c.req.header('authorization'))
    if (given === undefined || !isSame(given, token)) {
      c.header('WWW-Authenticate', 'Bearer realm="helix metrics"')
      throw new HelixError('unauthorized', 'This wants the token of the metrics', {
        hint: 'Send `Authorization: Bearer <HELIX_METRICS_TOKEN>`.',
      })
    }
    return next()
  }
}

/** In the same time whatever is given, length included. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
