import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { BYPASS_HEADER } from '../../src/contract/maintenance.ts'
import { HelixError } from '../../src/errors.ts'
import { readBypass } from '../../src/maintenance/bypass.ts'
import type { Maintenance } from '../../src/maintenance/maintenance.ts'
import type { Setting } from '../../src/maintenance/setting.ts'
import { proxyMatcher } from '../caller.ts'
import type { GatewayEnv } from '../env.ts'
import { staysOpen } from '../maintenance/open-paths.ts'

/** The cookie that carries a bypass. */
export const BYPASS_COOKIE = 'helix_bypass'
/** When to ask again where nobody knows how long it takes, in ms. */
const RETRY_AFTER_MS = 15_000

/** What anyone may write to, token or not. */
const REPORTS = '/api/client-errors'

const READS = new Set(['GET', 'HEAD'])

type Current = Pick<Maintenance, 'current'>

/**
 * Holds requests back during maintenance, but for what stays open, networks that are let through, and bypasses. One
 * that carries a token is let on to where tokens are looked at: a bad one is refused for what it is, and for a good
 * one {@link holdThePersonal} stands behind. A database that is away is then no news.
 * @throws HelixError `maintenance`
 */
export function holdForMaintenance(
  { current }: Current,
  render: (error: Error, c: Context<GatewayEnv>) => Response,
): MiddlewareHandler<GatewayEnv> {
  const isLetThrough = passes()
  return async function holdForMaintenance(c, next) {
    const setting = current()
    if (setting === null || staysOpen(c.req.method, c.req.path)) return next()
    if (mayGoOn(c, setting) || isLetThrough(c, setting)) return next()
    if (!isPersonal(c)) throw held(setting)
    await next()
    if (c.error instanceof HelixError && c.error.code === 'database_unreachable') {
      c.error = held(setting)
      c.res = render(c.error, c)
    }
  }
}

/** The same for requests whose token was good. */
export function holdThePersonal({ current }: Current): MiddlewareHandler<GatewayEnv> {
  const isLetThrough = passes()
  return async function holdThePersonal(c, next) {
    const setting = current()
    if (setting !== null && !staysOpen(c.req.method, c.req.path) && !mayGoOn(c, setting)) {
      if (!isLetThrough(c, setting)) throw held(setting)
    }
    return next()
  }
}

function isPersonal({ req }: Context<GatewayEnv>): boolean {
  // Where nobody looks at tokens, one lets nothing through.
  return req.path.startsWith('/api/') && req.path !== REPORTS && req.header('authorization') !== undefined
}

function mayGoOn({ req }: Context<GatewayEnv>, { readOnly }: Setting): boolean {
  return readOnly && READS.has(req.method)
}

/** Whether a caller notices nothing: by its network, or by a bypass in header or cookie. */
function passes() {
  let made: { from: Setting; allows: (address: string) => boolean } | undefined
  return (c: Context<GatewayEnv>, setting: Setting): boolean => {
    if (made?.from !== setting) made = { from: setting, allows: proxyMatcher(setting.allow) }
    const address = c.get('address')
    if (address !== null && made.allows(address)) return true
    const tokens = [c.req.header(BYPASS_HEADER), getCookie(c, BYPASS_COOKIE)]
    return tokens.some((token) => token !== undefined && readBypass(setting, token, new Date()) !== undefined)
  }
}

function held({ message, until, readOnly }: Setting): HelixError {
  const leftMs = until === null ? RETRY_AFTER_MS : Math.max(1_000, Date.parse(until) - Date.now())
  return new HelixError('maintenance', message, {
    hint:
      until === null
        ? 'Try again in a while; nothing that was sent before is lost.'
        : `Try again after ${until}; nothing that was sent before is lost.`,
    details: { retryAfterMs: leftMs, until, readOnly },
  })
}
