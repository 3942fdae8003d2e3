import { type Context, Hono } from 'hono'
import { SignInError } from '../../../src/signin/failure.ts'
import { parseUserChanges } from '../../../src/signin/requests/user.ts'
import { bearerClaims } from '../signin-failure.ts'
import type { SignInRouteDeps } from './deps.ts'
import { limited, onwardOf, readBody } from './request.ts'

/** The caller's own account. */
export function userRoutes(deps: SignInRouteDeps) {
  const { accounts, verifier } = deps

  async function change(c: Context): Promise<Response> {
    const claims = await bearerClaims(verifier, c)
    const { changes, challenge } = parseUserChanges(await readBody(c))
    return c.json(await accounts.updateUser(claims, changes, onwardOf(deps, c, challenge)))
  }

  async function reauthenticate(c: Context): Promise<Response> {
    await accounts.reauthenticate(await bearerClaims(verifier, c))
    return c.json({})
  }

  return new Hono()
    .get('/user', async (c) => c.json(await accounts.getUser(await bearerClaims(verifier, c))))
    .put('/user', limited(deps, 'mailRequests', change))
    .get('/reauthenticate', limited(deps, 'mailRequests', reauthenticate))
    .get('/user/identities/authorize', async (c) => {
      await bearerClaims(verifier, c)
      throw linkingDisabled()
    })
    .delete('/user/identities/:id', async (c) => {
      await bearerClaims(verifier, c)
      throw linkingDisabled()
    })
}

function linkingDisabled(): SignInError {
  return new SignInError('manual_linking_disabled', 'Manual linking is disabled')
}
