import type { MiddlewareHandler } from 'hono'
import type { Standing } from '../../src/limits/limiter.ts'
import type { GatewayEnv } from '../env.ts'

/**
 * Tells where the caller stands, as draft-ietf-httpapi-ratelimit-headers has it: `c.var.standing`, of whichever limit
 * the request was counted against.
 */
export function rateLimitHeaders(): MiddlewareHandler<GatewayEnv> {
  return async function rateLimitHeaders(c, next) {
    await next()
    const standing = c.get('standing')
    if (!standing) return
    c.res.headers.set('RateLimit-Policy', policyField(standing))
    c.res.headers.set('RateLimit', standingField(standing))
  }
}

function policyField({ policy: { name, points, seconds } }: Standing): string {
  return `"${name}";q=${points};w=${seconds}`
}

function standingField({ policy, remaining, resetMs }: Standing): string {
  return `"${policy.name}";r=${Math.floor(remaining)};t=${Math.ceil(resetMs / 1000)}`
}
