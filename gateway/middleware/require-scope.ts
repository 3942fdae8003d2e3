import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import type { Operation, Scope } from '../../src/contract/operation.ts'
import type { TokenScope } from '../../src/contract/tokens.ts'
import { HelixError } from '../../src/errors.ts'
import type { TokenUse } from '../../src/signin/access-tokens/verify.ts'
import type { GatewayEnv } from '../env.ts'

/**
 * Lets a personal access token pass where one of its scopes is that of the operation, and nowhere else: a route
 * without a description, or open to sessions or the creator alone, is closed to every token.
 * @throws HelixError `scope_missing`
 */
export function requireScope(operations: readonly Operation[]) {
  const scopes = new Map(operations.map((operation) => [nameOf(operation), operation.scope]))
  return createMiddleware<GatewayEnv>(async function requireScope(c, next) {
    const token = c.get('accessToken')
    const route = token && routeOf(c)
    if (!token || !route) return next()
    const scope = scopes.get(nameOf(route))
    if (!allows(token, scope)) throw scopeMissing(c, scope)
    return next()
  })
}

/** What will answer; undefined where nothing will, which is then said instead. */
function routeOf(c: Context<GatewayEnv>): { method: string; path: string } | undefined {
  return matchedRoutes(c).find(({ method }) => method !== 'ALL')
}

function nameOf({ method, path }: { method: string; path: string }): string {
  return `${method.toUpperCase()} ${path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}`
}

function allows({ scopes }: TokenUse, scope: Scope | undefined): scope is TokenScope {
  return (scopes as readonly unknown[]).includes(scope)
}

function scopeMissing(c: Context<GatewayEnv>, scope: Scope = 'session'): HelixError {
  c.header('WWW-Authenticate', `Bearer realm="helix", error="insufficient_scope", scope="${scope}"`)
  const { req } = c
  const asked = `${req.method} ${req.path.slice(0, 200)}`
  if (scope === 'session') {
    return new HelixError('scope_missing', `${asked} is open to no access token`, {
      hint: 'Sign in with `helix login`, and ask with the token of that session.',
      next: ['helix login'],
      details: { scope },
    })
  }
  return new HelixError('scope_missing', `This access token lacks the scope ${scope}, which ${asked} needs`, {
    hint: `Make one that has it: \`helix token create --scope ${scope}\`.`,
    next: [`helix token create --scope ${scope} --name <name>`],
    details: { scope },
  })
}
