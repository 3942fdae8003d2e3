import type { MiddlewareHandler } from 'hono'

/** While the gateway is about to end, asks whoever keeps a connection open to take a new one, to another gateway. */
export function closeWhenDraining(ready: () => boolean): MiddlewareHandler {
  return async function closeWhenDraining(c, next) {
    await next()
    if (!ready()) c.res.headers.set('Connection', 'close')
  }
}
