import type { MiddlewareHandler } from 'hono'
import { SignInError } from '../../src/signin/failure.ts'
import type { Keys } from '../../src/signin/keys.ts'
import { verifyServiceRole } from '../../src/signin/service-role.ts'
import { bearerToken } from './bearer.ts'

/**
 * Lets only requests pass whose Bearer token is the installation's service-role key, as GoTrue's `/admin` asks it.
 * @throws SignInError `no_authorization`, `bad_jwt`, `not_admin`
 */
export function requireServiceRole(keys: Pick<Keys, 'issuer' | 'publicKeys'>): MiddlewareHandler {
  return async function requireServiceRole(c, next) {
    const token = bearerToken(c.req.header('authorization'))
    if (token === undefined) {
      throw new SignInError('no_authorization', 'This endpoint requires a valid Bearer token')
    }
    await verifyServiceRole(keys, token)
    await next()
  }
}
