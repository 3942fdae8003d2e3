import type { Context, MiddlewareHandler } from 'hono'
import { HelixError } from '../../src/errors.ts'
import type { Policy, Standing } from '../../src/limits/limiter.ts'
import type { LocalLimiter } from '../../src/limits/local-limiter.ts'
import type { TestPasses } from '../../src/people/test-passes.ts'
import type { GatewayEnv } from '../env.ts'
import { loadTestPass } from '../load-test-pass.ts'

/** Counts without making the request wait. */
type Count = LocalLimiter['count']

/** How often a minute, under `limits` in the configuration. */
export interface RateLimits {
  reads: number
  writes: number
  strangers: number
  reports: number
}

const READS = new Set(['GET', 'HEAD'])

/**
 * Limits what a signed-in person asks. Put it behind the routes that send messages: those have a limit of their own,
 * which must come after the claim of a `clientMessageId`. The owner of the machine, over the private socket, is not
 * limited.
 */
export function limitPeople(count: Count, { reads, writes }: RateLimits): MiddlewareHandler<GatewayEnv> {
  const readPolicy = perMinute('reads', reads)
  const writePolicy = perMinute('writes', writes)
  return async function limitPeople(c, next) {
    if (c.env?.owner === true) return next()
    hold(c, count(READS.has(c.req.method) ? readPolicy : writePolicy, c.get('person').userId))
    return next()
  }
}

/**
 * Limits how often a person's turns are refused, whatever for: a turn that is taken has a limit of its own, and one
 * that is repeated has none.
 */
export function limitRefusedTurns(count: Count, { writes }: RateLimits): MiddlewareHandler<GatewayEnv> {
  const policy = perMinute('writes', writes)
  return async function limitRefusedTurns(c, next) {
    await next()
    if (c.env?.owner === true || !(c.error instanceof HelixError) || c.error.status >= 500) return
    if (c.error.code !== 'rate_limited') hold(c, count(policy, c.get('person').userId))
  }
}

/** Limits what an address asks where nobody has to sign in; whoever takes part in a load test is no stranger. */
export function limitStrangers(
  count: Count,
  { strangers }: RateLimits,
  passes: TestPasses,
): MiddlewareHandler<GatewayEnv> {
  const policy = perMinute('strangers', strangers)
  return async function limitStrangers(c, next) {
    if (loadTestPass(c, passes)) return next()
    hold(c, count(policy, addressKey(c)))
    return next()
  }
}

/** Reports of all addresses together that are taken, a minute: nobody looks at more. */
const ALL_REPORTS = { name: 'reports', points: 600, seconds: 60 }

/** Limits what clients report of their own failures: an address, and everyone together. */
export function limitReports(count: Count, { reports }: RateLimits): MiddlewareHandler<GatewayEnv> {
  const policy = perMinute('reports', reports)
  return async function limitReports(c, next) {
    hold(c, count(policy, addressKey(c)))
    const all = count(ALL_REPORTS, 'everyone')
    if (!all.allowed) hold(c, all)
    return next()
  }
}

/**
 * Limits how often an address is refused as nobody; a request with a valid token is never held back by what others
 * behind the same address do. Put it before the middleware that looks at tokens.
 */
export function limitRefused(count: Count, { strangers }: RateLimits): MiddlewareHandler<GatewayEnv> {
  const policy = perMinute('strangers', strangers)
  return async function limitRefused(c, next) {
    await next()
    if (!(c.error instanceof HelixError) || c.error.code !== 'unauthorized') return
    hold(c, count(policy, addressKey(c)))
  }
}

function perMinute(name: string, points: number): Policy {
  return { name, points, seconds: 60 }
}

/** Who cannot be told apart is counted together. */
function addressKey(c: Context<GatewayEnv>): string {
  return c.get('address') ?? 'unknown'
}

/** @throws HelixError `rate_limited` */
function hold(c: Context<GatewayEnv>, standing: Standing): void {
  c.set('standing', standing)
  if (!standing.allowed) throw rateLimited(standing)
}

function rateLimited({ policy, resetMs }: Standing): HelixError {
  const { name, points, seconds } = policy
  return new HelixError('rate_limited', `More than ${points} requests in ${seconds} s (limits.${name})`, {
    hint: `Try again in ${Math.ceil(resetMs / 1000)} s.`,
    details: { retryAfterMs: resetMs },
  })
}
