import { type Context, Hono } from 'hono'
import { SignInError } from '../../../src/signin/failure.ts'
import { parseCodeGrant, parsePasswordGrant, parseRefreshGrant } from '../../../src/signin/requests/token.ts'
import type { Session } from '../../../src/signin/sessions.ts'
import { SIGN_OUT_SCOPES, type SignOutScope } from '../../../src/signin/sign-out.ts'
import { bearerClaims } from '../signin-failure.ts'
import type { SignInRouteDeps } from './deps.ts'
import { clientOf, countRequest, readBody } from './request.ts'

/** Beginning, renewing and ending sessions. */
export function tokenRoutes(deps: SignInRouteDeps) {
  return new Hono()
    .post('/token', async (c) => c.json(await grant(deps, c)))
    .post('/logout', async (c) => {
      const claims = await bearerClaims(deps.verifier, c)
      await deps.accounts.signOut(claims, signOutScope(c.req.query('scope')))
      return c.body(null, 204)
    })
}

async function grant({ accounts, limits }: SignInRouteDeps, c: Context): Promise<Session> {
  const kind = c.req.query('grant_type')
  await countRequest(limits, kind === 'password' ? 'signIns' : 'tokens', c)
  switch (kind) {
    case 'password':
      return accounts.signInWithPassword(parsePasswordGrant(await readBody(c)), clientOf(c))
    case 'refresh_token':
      return accounts.refresh(parseRefreshGrant(await readBody(c)), clientOf(c))
    case 'pkce':
      return accounts.exchangeCode(parseCodeGrant(await readBody(c)), clientOf(c))
    case 'id_token':
      throw new SignInError('provider_disabled', 'Provider is not enabled')
    case 'web3':
      throw new SignInError('web3_provider_disabled', 'Web3 provider is disabled')
    default:
      throw new SignInError('invalid_credentials', 'unsupported_grant_type')
  }
}

function signOutScope(given = 'global'): SignOutScope {
  const scope = SIGN_OUT_SCOPES.find((known) => known === given)
  if (!scope) throw new SignInError('validation_failed', `Unsupported logout scope "${given.slice(0, 50)}"`)
  return scope
}
