import type { Context, Hono } from 'hono'
import { HelixError } from '../src/errors.ts'
import type { GatewayEnv } from './env.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** What to say of a request that no route takes: that the path has other methods (also in `Allow`), or is none. */
export function noRoute(app: Hono<GatewayEnv>, c: Context<GatewayEnv>): HelixError {
  const allowed = METHODS.filter((method) => takes(app, method, c.req.path))
  if (allowed.length === 0) return noPath(c)
  c.header('Allow', allowed.join(', '))
  const methods = allowed.join(' or ')
  return new HelixError('method_not_allowed', `No route ${asked(c)}: this path takes ${methods}`, {
    hint: `Use ${methods}; docs/api.md says what each does.`,
  })
}

/** There is nothing at this path, for this caller at least. */
export function noPath(c: Pick<Context, 'req'>): HelixError {
  return new HelixError('not_found', `No route ${asked(c)}`, {
    hint: 'See docs/api.md for the routes there are.',
  })
}

function takes(app: Hono<GatewayEnv>, method: string, path: string): boolean {
  const [matched] = app.router.match(method, path)
  return matched.some(([[, route]]) => route.method === method)
}

function asked({ req }: Pick<Context, 'req'>): string {
  return `${req.method} ${req.path.slice(0, 200)}`
}
