import type { MiddlewareHandler } from 'hono'
import { callerFinder } from '../caller.ts'
import type { GatewayEnv } from '../env.ts'

/** Sets `c.var.address` and `c.var.secure`: who calls, as far as the trusted proxies let it be known. */
export function caller(trustedProxies: readonly string[]): MiddlewareHandler<GatewayEnv> {
  const find = callerFinder(trustedProxies)
  return async function caller(c, next) {
    const { incoming, unixSocket = false } = c.env ?? {}
    const { address, secure } = find({
      peer: incoming?.socket.remoteAddress,
      unixSocket,
      forwardedFor: c.req.header('x-forwarded-for'),
      forwardedProto: c.req.header('x-forwarded-proto'),
    })
    c.set('address', address)
    c.set('secure', secure)
    await next()
  }
}
