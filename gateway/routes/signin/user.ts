import { Hono } from 'hono'
import { bearerClaims } from '../signin-failure.ts'
import type { SignInRouteDeps } from './deps.ts'

/** The caller's own account. */
export function userRoutes({ accounts, verifier }: SignInRouteDeps) {
  return new Hono().get('/user', async (c) => c.json(await accounts.getUser(await bearerClaims(verifier, c))))
}
