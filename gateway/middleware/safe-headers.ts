import type { MiddlewareHandler } from 'hono'
import type { GatewayEnv } from '../env.ts'

/** For every answer. `Cross-Origin-Resource-Policy` stops embedding; what CORS allows, a page fetches all the same. */
const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
}

/** Unless the route set its own. Nothing that is no page has anything to load. */
const DEFAULTS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/** For pages. */
const PAGE = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
}

const ONE_YEAR = 'max-age=31536000'

/** Headers every answer carries; pages set a Content-Security-Policy of their own. */
export function safeHeaders(): MiddlewareHandler<GatewayEnv> {
  return async function safeHeaders(c, next) {
    await next()
    const { headers } = c.res
    const type = headers.get('content-type') ?? ''
    set(headers, HEADERS)
    for (const [name, value] of Object.entries(DEFAULTS)) if (!headers.has(name)) headers.set(name, value)
    if (type.startsWith('text/html')) set(headers, PAGE)
    if (c.get('secure')) headers.set('Strict-Transport-Security', ONE_YEAR)
    // nginx would hold a stream back until its buffer is full.
    if (type.startsWith('text/event-stream')) headers.set('X-Accel-Buffering', 'no')
  }
}

function set(headers: Headers, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) headers.set(name, value)
}
