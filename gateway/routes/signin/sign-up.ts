import { Hono } from 'hono'
import { parseSignUp } from '../../../src/signin/requests/sign-up.ts'
import type { SignInRouteDeps } from './deps.ts'
import { clientOf, countRequest, onwardOf, readBody } from './request.ts'

/** Becoming known, with an address or without. */
export function signUpRoutes(deps: SignInRouteDeps) {
  const { accounts, limits } = deps
  return new Hono().post('/signup', async (c) => {
    const wanted = parseSignUp(await readBody(c))
    if (wanted.kind === 'anonymous') {
      if (accounts.anonymous) await countRequest(limits, 'anonymousSignUps', c)
      return c.json(await accounts.signUpAnonymously(wanted.data, clientOf(c)))
    }
    await countRequest(limits, 'signUps', c)
    return c.json(await accounts.signUp(wanted.person, clientOf(c), onwardOf(deps, c, wanted.challenge)))
  })
}
