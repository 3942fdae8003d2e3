import type { HonoRequest, MiddlewareHandler } from 'hono'
import { HelixError } from '../../src/errors.ts'
import type { GatewayEnv } from '../env.ts'

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
/** What our own clients and an unmodified supabase-js send besides what any page may. */
const REQUEST_HEADERS =
  'Authorization, Content-Type, Last-Event-ID, apikey, X-Client-Info, X-Supabase-Api-Version, X-Helix-Bypass'
const EXPOSED =
  'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, X-Total-Count, Link, X-Supabase-Api-Version, X-SB-Error-Code'
/** How long a browser may remember a preflight, in seconds: what Chromium keeps at most. */
const PREFLIGHT_SECONDS = '7200'

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Lets pages of the allowed origins read answers; a page of any other learns nothing. There are no cookies, so
 * credentials are never allowed, and the answer names the one origin, never `*`.
 *
 * A foreign page can still have its visitor's browser send what needs no preflight. Without a token that could at
 * most sign up or send a mail in the visitor's name; it is refused before any route sees it.
 *
 * @param isAllowed whether a page of this origin may call the gateway
 */
export function cors(isAllowed: (origin: string) => boolean): MiddlewareHandler<GatewayEnv> {
  return async function cors(c, next) {
    const origin = c.req.header('origin')
    const allowed = origin !== undefined && isAllowed(origin)
    if (isPreflight(c.req)) return preflight(allowed ? origin : undefined)
    if (!allowed && isForeignWrite(c.req, origin)) throw foreignOrigin()
    await next()
    c.res.headers.append('Vary', 'Origin')
    if (!allowed) return
    c.res.headers.set('Access-Control-Allow-Origin', origin)
    c.res.headers.set('Access-Control-Expose-Headers', EXPOSED)
  }
}

function isPreflight(req: HonoRequest): boolean {
  return (
    req.method === 'OPTIONS' &&
    req.header('origin') !== undefined &&
    req.header('access-control-request-method') !== undefined
  )
}

function preflight(origin: string | undefined): Response {
  const headers = new Headers({ Vary: 'Origin' })
  if (origin !== undefined) {
    headers.set('Access-Control-Allow-Origin', origin)
    headers.set('Access-Control-Allow-Methods', METHODS)
    headers.set('Access-Control-Allow-Headers', REQUEST_HEADERS)
    headers.set('Access-Control-Max-Age', PREFLIGHT_SECONDS)
  }
  return new Response(null, { status: 204, headers })
}

/**
 * Whether a browser says that another site's page sends this, without a token. `Sec-Fetch-Site` cannot be set by a
 * page and survives proxies; browsers too old for it, and plain HTTP, leave the comparison with `Host`.
 */
function isForeignWrite(req: HonoRequest, origin: string | undefined): boolean {
  if (READS.has(req.method) || req.header('authorization') !== undefined) return false
  const site = req.header('sec-fetch-site')
  if (site !== undefined) return site === 'cross-site' || site === 'same-site'
  return origin !== undefined && URL.parse(origin)?.host !== req.header('host')
}

function foreignOrigin(): HelixError {
  return new HelixError('forbidden', 'A page of another origin may not do this', {
    hint: 'Add the origin of the page to web.origins in helix.config.ts.',
  })
}
