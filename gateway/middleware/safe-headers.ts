import type { MiddlewareHandler } from 'hono'
import type { GatewayEnv } from '../env.ts'

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
}

/** Headers every answer carries; pages add a Content-Security-Policy of their own. */
export function safeHeaders(): MiddlewareHandler<GatewayEnv> {
  return async function safeHeaders(c, next) {
    await next()
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store')
  }
}
