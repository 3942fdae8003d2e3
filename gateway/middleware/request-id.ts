import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { GatewayEnv } from '../env.ts'

/** Gives every request an id of our own making, told in `X-Request-Id` and in every problem. */
export function requestId(): MiddlewareHandler<GatewayEnv> {
  return async function requestId(c, next) {
    c.set('requestId', randomUUID())
    c.set('receivedAt', performance.now())
    await next()
    c.res.headers.set('X-Request-Id', c.get('requestId'))
  }
}
