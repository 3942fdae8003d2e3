import { type Context, Hono } from 'hono'
import type { Claims } from '../../../src/signin/claims.ts'
import { parseEnrolment, parseVerification } from '../../../src/signin/mfa/requests.ts'
import { bearerClaims } from '../signin-failure.ts'
import type { SignInRouteDeps } from './deps.ts'
import { clientOf, countRequest, idOf, readBody } from './request.ts'

/** The caller's second factors, and for whoever holds the service-role key those of others. */
export function factorRoutes(deps: SignInRouteDeps) {
  const { factors, limits, verifier } = deps

  /** Who asks, once the request has been counted by its address and by the person. */
  async function countedClaims(c: Context): Promise<Claims> {
    await countRequest(limits, 'factors', c)
    const claims = await bearerClaims(verifier, c)
    await limits.factors(claims.sub)
    return claims
  }

  return new Hono()
    .post('/factors', async (c) => {
      const claims = await countedClaims(c)
      return c.json(await factors.enrol(claims, parseEnrolment(await readBody(c))))
    })
    .post('/factors/:id/challenge', async (c) => {
      const claims = await countedClaims(c)
      return c.json(await factors.challenge(claims, idOf(c, 'id', 'factor_id'), clientOf(c).address))
    })
    .post('/factors/:id/verify', async (c) => {
      const claims = await countedClaims(c)
      const answer = { ...parseVerification(await readBody(c)), address: clientOf(c).address }
      return c.json(await factors.verify(claims, idOf(c, 'id', 'factor_id'), answer))
    })
    .delete('/factors/:id', async (c) => {
      const claims = await countedClaims(c)
      const id = idOf(c, 'id', 'factor_id')
      await factors.unenrol(claims, id)
      return c.json({ id })
    })
    .get('/admin/users/:id/factors', async (c) => c.json(await factors.list(idOf(c, 'id', 'user_id'))))
    .delete('/admin/users/:id/factors/:factorId', async (c) => {
      const userId = idOf(c, 'id', 'user_id')
      return c.json(await factors.remove(userId, idOf(c, 'factorId', 'factor_id')))
    })
}
