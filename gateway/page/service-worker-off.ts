import type { Context, MiddlewareHandler } from 'hono'
import { SERVICE_WORKER_OFF, SERVICE_WORKER_PATH } from '../../src/web/service-worker-off.ts'
import type { GatewayEnv } from '../env.ts'

/**
 * For a gateway that serves no page, or whose page should do without its service worker: a browser that has one gets
 * one that removes itself.
 */
export function serviceWorkerOff(): MiddlewareHandler<GatewayEnv> {
  return async function serviceWorkerOff(c, next) {
    return asksForWorker(c) ? answerOff(c) : next()
  }
}

/** Whether a browser looks for its service worker. */
export function asksForWorker(c: Context<GatewayEnv>): boolean {
  return c.req.path === SERVICE_WORKER_PATH && (c.req.method === 'GET' || c.req.method === 'HEAD')
}

/** The service worker that removes itself; not to be kept, so that its end is noticed. */
export function answerOff(c: Context<GatewayEnv>): Response {
  c.set('page', SERVICE_WORKER_PATH)
  return c.body(SERVICE_WORKER_OFF, 200, {
    'Content-Type': 'text/javascript; charset=utf-8',
    'Cache-Control': 'no-cache',
  })
}
