import type { MiddlewareHandler } from 'hono'
import { callerFinder } from '../caller.ts'
import type { GatewayEnv } from '../env.ts'

/**
 * Sets `c.var.address` and `c.var.secure`: who calls, as far as the trusted proxies let it be known.
 * @param onUntrustedProxy told once of a proxy that is not trusted, behind which all callers count as one
 */
export function caller(
  trustedProxies: readonly string[],
  onUntrustedProxy: (address: string) => void,
): MiddlewareHandler<GatewayEnv> {
  const find = callerFinder(trustedProxies)
  let told = false
  return async function caller(c, next) {
    const { incoming, unixSocket = false } = c.env ?? {}
    const { address, secure, untrustedProxy } = find({
      peer: incoming?.socket.remoteAddress,
      unixSocket,
      forwardedFor: c.req.header('x-forwarded-for'),
      forwardedProto: c.req.header('x-forwarded-proto'),
    })
    c.set('address', address)
    c.set('secure', secure)
    if (untrustedProxy !== null && !told) {
      told = true
      onUntrustedProxy(untrustedProxy)
    }
    await next()
  }
}
