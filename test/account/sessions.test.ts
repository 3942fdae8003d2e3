import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SignedInSession, SignedInSessions } from '../../src/contract/sessions.ts'
import { tokenOf } from '../support/access-tokens.ts'
import { readEvents } from '../support/events.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { expectProblem } from '../support/problems.ts'
import { PASSWORD } from '../support/signin-client.ts'

const ENGINES: readonly Engine[] = ['pglite', 'postgres']

for (const engine of ENGINES) {
  const missing = engine === 'postgres' ? postgresUnavailable : null
  describe.skipIf(missing)(`signed-in devices on ${engine}${missing ? ` (${missing})` : ''}`, () => {
    let gateway: TestGateway
    let ada: Visitor
    beforeAll(async () => {
      gateway = await startTestGateway({ engine })
      ada = await gateway.signUp()
    })
    afterAll(() => gateway.close())

    const grant = async (kind: string, body: unknown, userAgent = 'a phone') => {
      const answer = await fetch(`${gateway.url}/auth/v1/token?grant_type=${kind}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': userAgent },
        body: JSON.stringify(body),
      })
      return (await answer.json()) as { access_token: string; refresh_token: string; error_code?: string }
    }
    const elsewhere = async (userAgent: string) => {
      const { email } = (await (await ada.request('/auth/v1/user')).json()) as { email: string }
      return grant('password', { email, password: PASSWORD }, userAgent)
    }
    const listed = async (): Promise<SignedInSession[]> =>
      ((await (await ada.request('/api/sessions')).json()) as SignedInSessions).sessions
    const end = (id: string) => ada.request(`/api/sessions/${id}`, { method: 'DELETE' })

    it('are listed with what they call themselves, the one that asks marked', async () => {
      await elsewhere('a phone')
      const [phone, here] = await listed()
      expect(phone).toMatchObject({ userAgent: 'a phone', address: '127.0.0.1', current: false })
      expect(here).toMatchObject({ current: true, secondFactor: false })
      expect(JSON.stringify(await listed())).not.toMatch(/token/)
    })

    it('move up as they are used', async () => {
      const old = await elsewhere('an old phone')
      await elsewhere('a new phone')
      await grant('refresh_token', { refresh_token: old.refresh_token }, 'an old phone, updated')
      expect((await listed())[0]?.userAgent).toBe('an old phone, updated')
    })

    it('are signed out one by one, with their streams and their refresh token, and no other is', async () => {
      const { access_token, refresh_token } = await elsewhere('a lost phone')
      const feed = await fetch(`${gateway.url}/api/events`, {
        headers: { authorization: `Bearer ${access_token}` },
      })
      const ended = readEvents(feed)
      const lost = (await listed()).find(({ userAgent }) => userAgent === 'a lost phone')
      expect((await end(lost?.id ?? '')).status).toBe(204)
      await ended
      const refused = await fetch(`${gateway.url}/api/profile`, {
        headers: { authorization: `Bearer ${access_token}` },
      })
      expect(await expectProblem(refused)).toBe('unauthorized')
      expect((await grant('refresh_token', { refresh_token })).error_code).toBe('refresh_token_not_found')
      expect((await listed()).some(({ userAgent }) => userAgent === 'a lost phone')).toBe(false)
      expect((await ada.request('/api/profile')).status).toBe(200)
      expect(await expectProblem(await end(lost?.id ?? ''))).toBe('session_not_found')
    })

    it('leave the list once a stolen refresh token has ended them', async () => {
      const { refresh_token } = await elsewhere('a robbed phone')
      const next = await grant('refresh_token', { refresh_token }, 'a robbed phone')
      await grant('refresh_token', { refresh_token: next.refresh_token }, 'a robbed phone')
      await grant('refresh_token', { refresh_token }, 'a thief')
      expect((await listed()).some(({ userAgent }) => userAgent === 'a robbed phone')).toBe(false)
    })

    it('are closed to personal access tokens, and nothing but an id names one', async () => {
      const { token } = await tokenOf(ada, ['read', 'chat', 'account'])
      const asked = await fetch(`${gateway.url}/api/sessions`, {
        headers: { authorization: `Bearer ${token}` },
      })
      expect(await expectProblem(asked)).toBe('scope_missing')
      expect(await expectProblem(await end('not-an-id'))).toBe('session_not_found')
    })
  })
}
