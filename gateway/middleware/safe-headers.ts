import type { MiddlewareHandler } from 'hono'
import { DOCUMENT_HEADERS, SAFE_HEADERS, STRICT_TRANSPORT } from '../../src/web/headers.ts'
import type { GatewayEnv } from '../env.ts'

/** Unless the route set its own. Nothing that is no page has anything to load. */
const DEFAULTS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/** Headers every answer carries; pages set a Content-Security-Policy of their own. */
export function safeHeaders(): MiddlewareHandler<GatewayEnv> {
  return async function safeHeaders(c, next) {
    await next()
    const { headers } = c.res
    const type = headers.get('content-type') ?? ''
    set(headers, SAFE_HEADERS)
    for (const [name, value] of Object.entries(DEFAULTS)) if (!headers.has(name)) headers.set(name, value)
    if (type.startsWith('text/html')) set(headers, DOCUMENT_HEADERS)
    if (c.get('secure')) headers.set('Strict-Transport-Security', STRICT_TRANSPORT)
    // nginx would hold a stream back until its buffer is full.
    if (type.startsWith('text/event-stream')) headers.set('X-Accel-Buffering', 'no')
  }
}

function set(headers: Headers, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) headers.set(name, value)
}
