import type { MiddlewareHandler } from 'hono'
import { addressFinder } from '../address.ts'
import type { GatewayEnv } from '../env.ts'

/** Sets `c.var.address`: the caller's address, as far as the trusted proxies let it be known. */
export function address(trustedProxies: readonly string[]): MiddlewareHandler<GatewayEnv> {
  const find = addressFinder(trustedProxies)
  return async function address(c, next) {
    const { incoming, unixSocket = false } = c.env ?? {}
    const peer = incoming?.socket.remoteAddress
    c.set('address', find({ peer, unixSocket, forwardedFor: c.req.header('x-forwarded-for') }))
    await next()
  }
}
