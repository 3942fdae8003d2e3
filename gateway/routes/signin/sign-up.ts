import { Hono } from 'hono'
import { parseSignUp } from '../../../src/signin/requests.ts'
import type { SignInRouteDeps } from './deps.ts'
import { clientOf, readBody, redirectOf } from './request.ts'

/** Becoming known. */
export function signUpRoutes(deps: SignInRouteDeps) {
  return new Hono().post('/signup', async (c) => {
    const person = parseSignUp(await readBody(c))
    return c.json(await deps.accounts.signUp(person, clientOf(deps, c), redirectOf(deps, c)))
  })
}
