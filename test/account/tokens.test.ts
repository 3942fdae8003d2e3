import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../src/contract/api.ts'
import type { AccessToken, TokenScope } from '../../src/contract/tokens.ts'
import { tokenOf } from '../support/access-tokens.ts'
import { readEvents } from '../support/events.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { nameOf } from '../support/operations.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { expectProblem } from '../support/problems.ts'

const ID = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'
const ENGINES: readonly Engine[] = ['pglite', 'postgres']

for (const engine of ENGINES) {
  const missing = engine === 'postgres' ? postgresUnavailable : null
  describe.skipIf(missing)(`personal access tokens on ${engine}${missing ? ` (${missing})` : ''}`, () => {
    let gateway: TestGateway
    let ada: Visitor
    let bob: Visitor
    beforeAll(async () => {
      gateway = await startTestGateway({ engine })
      ada = await gateway.signUp()
      bob = await gateway.signUp()
    })
    afterAll(() => gateway.close())

    const as = (token: string, path: string, init: RequestInit = {}, at = gateway.url) =>
      fetch(at + path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } })
    const send = (token: string, message: string, accept = 'application/json') =>
      as(token, '/api/chat/message', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ message }),
      })
    const listed = async (visitor: Visitor) =>
      ((await (await visitor.request('/api/tokens')).json()) as { tokens: AccessToken[] }).tokens
    async function reasonOf(answer: Promise<Response>): Promise<string> {
      const { status, headers, ...problem } = await answer.then(async (one) => ({
        ...((await one.json()) as { code: string; reason: string }),
        status: one.status,
        headers: one.headers,
      }))
      expect({ status, code: problem.code }).toEqual({ status: 401, code: 'unauthorized' })
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"')
      return problem.reason
    }

    it('are shown once, listed without the secret, and kept as a hash', async () => {
      const made = await tokenOf(ada)
      expect(made.token).toMatch(/^hlx_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
      expect(made.token.startsWith(`${made.prefix}_`)).toBe(true)
      const { token, ...shown } = made
      expect((await listed(ada))[0]).toEqual(shown)
      const days = (Date.parse(made.expiresAt) - Date.parse(made.createdAt)) / 86_400_000
      expect(days).toBeCloseTo(90, 3)
      const rows = await gateway.db.query('select * from access_tokens where id = $1', [made.id])
      const chain = await gateway.db.query(
        `select kind, data from audit_entries where data ->> 'id' = $1 order by seq`,
        [made.id],
      )
      expect(JSON.stringify([rows, chain])).not.toContain(token.slice(20))
      expect(chain).toEqual([
        { kind: 'token.create', data: { id: made.id, scopes: ['read', 'chat'], expiresAt: made.expiresAt } },
      ])
    })

    it('act for their owner: over JSON, over a stream, and in what they see', async () => {
      const { token, id, name, scopes, expiresAt } = await tokenOf(ada)
      const sent = await send(token, 'hello')
      expect(sent.status).toBe(200)
      const { sessionKey } = (await sent.json()) as { sessionKey: string }
      const events = await readEvents(await send(token, 'hello again', 'text/event-stream'))
      expect(events.at(-1)?.event).toBe('done')
      expect((await as(token, `/api/conversations/${sessionKey}`)).status).toBe(200)
      expect((await bob.request(`/api/conversations/${sessionKey}`)).status).toBe(404)
      expect(await (await as(token, '/api/profile')).json()).toMatchObject({
        userId: ada.userId,
        token: { id, name, scopes, expiresAt },
      })
      expect(await (await ada.request('/api/profile')).json()).toMatchObject({ token: null })
    })

    it('open exactly the operations of their scopes, and none that is for sessions', async () => {
      const scopes: TokenScope[] = ['read', 'chat', 'account']
      const made = await Promise.all(scopes.map((scope) => tokenOf(bob, [scope])))
      const asked = operations.filter(({ path }) => path.startsWith('/api/'))
      expect(asked.length).toBeGreaterThan(8)
      for (const operation of asked) {
        for (const [place, { token }] of made.entries()) {
          const scope = scopes[place]
          const what = `${nameOf(operation)} with ${scope}`
          const abort = new AbortController()
          const answer = await as(token, operation.path.replaceAll(/\{\w+\}/g, ID), {
            method: operation.method.toUpperCase(),
            signal: abort.signal,
          })
          if (operation.access === 'person' && operation.scope === scope) {
            expect(answer.status, what).not.toBe(403)
          } else if (operation.access !== 'public') {
            const needed = operation.scope ?? 'session'
            expect(answer.headers.get('www-authenticate'), what).toContain(`scope="${needed}"`)
            expect(await answer.clone().json(), what).toMatchObject({ scope: needed })
            expect(await expectProblem(answer, what)).toBe('scope_missing')
          }
          abort.abort()
        }
      }
    })

    it('say of a path that is none that it is none', async () => {
      const { token } = await tokenOf(bob, ['read'])
      expect(await expectProblem(await as(token, '/api/nothing'))).toBe('not_found')
      expect(await expectProblem(await as(token, '/api/profile', { method: 'PUT' }))).toBe(
        'method_not_allowed',
      )
      expect((await as(token, '/api/profile', { method: 'HEAD' })).status).toBe(200)
      expect((await as(token, '/api/tokens', { method: 'HEAD' })).status).toBe(403)
    })

    it('are no session of the built-in sign-in', async () => {
      const { token } = await tokenOf(ada, ['read', 'chat', 'account'])
      const user = await as(token, '/auth/v1/user')
      expect([401, 403]).toContain(user.status)
      expect((await as(token, '/auth/v1/logout', { method: 'POST' })).status).toBeGreaterThanOrEqual(400)
    })

    it('are refused with the reason once they are unknown, cut off, expired, revoked or their owner is barred', async () => {
      const made = await tokenOf(bob)
      const profile = () => as(made.token, '/api/profile')
      expect(await reasonOf(as(made.token.slice(0, -1), '/api/profile'))).toBe('malformed')
      expect(await reasonOf(as('hlx_', '/api/profile'))).toBe('malformed')
      await gateway.db.query(`update access_tokens set secret_hash = repeat('0', 64) where id = $1`, [
        (await tokenOf(bob, ['read'], { name: 'other' })).id,
      ])
      const other = await tokenOf(bob, ['read'])
      await gateway.db.query('delete from access_tokens where id = $1', [other.id])
      expect(await reasonOf(as(other.token, '/api/profile'))).toBe('unknown')

      expect((await profile()).status).toBe(200)
      const bars = [
        [`update user_profiles set status = 'suspended' where user_id = $1`, true],
        [`update user_profiles set status = 'active' where user_id = $1`, false],
        [`update auth.users set banned_until = now() + interval '1 hour' where id = $1`, true],
        [`update auth.users set banned_until = null where id = $1`, false],
      ] as const
      for (const [sql, barred] of bars) {
        await gateway.db.query(sql, [bob.userId])
        await sleep(3_100)
        if (barred) expect(await expectProblem(await profile())).toBe('account_suspended')
        else expect((await profile()).status).toBe(200)
      }
      const short = await tokenOf(bob)
      await gateway.db.query('update access_tokens set expires_at = now() where id = $1', [short.id])
      expect(await reasonOf(as(short.token, '/api/profile'))).toBe('expired')

      expect((await bob.request(`/api/tokens/${made.id}`, { method: 'DELETE' })).status).toBe(204)
      expect(await reasonOf(profile())).toBe('revoked')
      expect((await listed(bob)).map(({ id }) => id)).not.toContain(made.id)
      const again = await bob.request(`/api/tokens/${made.id}`, { method: 'DELETE' })
      expect(await expectProblem(again)).toBe('token_not_found')
    }, 30_000)

    it('end with the password, whoever changes it, and with the role; not with a sign-out', async () => {
      const key = gateway.running.services.signin?.keys.serviceRoleKey.reveal()
      const put = (bearer: string, path: string, body: unknown) =>
        as(bearer, `/auth/v1${path}`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      const acts: [string, (eve: Visitor) => Promise<Response>][] = [
        ['their own', ({ token }) => put(token, '/user', { password: 'another good one' })],
        ['a reset', ({ userId }) => put(key ?? '', `/admin/users/${userId}`, { password: 'set by another' })],
        ['a role', ({ userId }) => put(key ?? '', `/admin/users/${userId}`, { role: 'auditor' })],
      ]
      for (const [what, act] of acts) {
        const eve = await gateway.signUp()
        const { token, id } = await tokenOf(eve)
        expect((await as(token, '/api/profile')).status, what).toBe(200)
        expect((await act(eve)).status, what).toBe(200)
        await expect
          .poll(async () => (await as(token, '/api/profile')).status, { timeout: 5_000, message: what })
          .toBe(401)
        expect(await reasonOf(as(token, '/api/profile')), what).toBe('revoked')
        const [row] = await gateway.db.query('select revoked_at from access_tokens where id = $1', [id])
        expect(row, what).toEqual({ revoked_at: expect.any(Date) })
        const told = await gateway.db.query(
          `select data ->> 'reason' as reason from audit_entries where kind = 'token.revoke' and data ->> 'id' = $1`,
          [id],
        )
        expect(told, what).toEqual([{ reason: expect.stringMatching(/^(password|account_changed)$/) }])
      }
      const eve = await gateway.signUp()
      const { token } = await tokenOf(eve)
      await eve.request('/auth/v1/logout', { method: 'POST' })
      await sleep(3_100)
      expect((await as(token, '/api/profile')).status).toBe(200)
    }, 30_000)

    it('of another are not there: neither listed nor revoked', async () => {
      const { id, token } = await tokenOf(ada)
      expect((await listed(bob)).map((one) => one.id)).not.toContain(id)
      for (const unknown of [id, 'k3JqX0aB9mZ1', ID, '%00', 'x'.repeat(3_000)]) {
        const answer = await bob.request(`/api/tokens/${unknown}`, { method: 'DELETE' })
        expect(await expectProblem(answer)).toBe('token_not_found')
      }
      expect((await as(token, '/api/profile')).status).toBe(200)
    })

    it('say when they were last used', async () => {
      const { id, token } = await tokenOf(ada)
      const lastUsed = async () => (await listed(ada)).find((one) => one.id === id)?.lastUsedAt
      expect(await lastUsed()).toBeNull()
      await as(token, '/api/profile')
      await expect.poll(lastUsed).not.toBeNull()
      const first = await lastUsed()
      await as(token, '/api/profile')
      await sleep(100)
      expect(await lastUsed()).toBe(first)
    })

    it('are at most fifty, also when many are asked for at once', async () => {
      const carol = await gateway.signUp()
      const asked = await Promise.all(
        Array.from({ length: 60 }, (_, place) =>
          carol.request('/api/tokens', { method: 'POST', body: { name: `${place}`, scopes: ['read'] } }),
        ),
      )
      const statuses = asked.map(({ status }) => status)
      expect(statuses.filter((status) => status === 201)).toHaveLength(50)
      expect(statuses.filter((status) => status === 409)).toHaveLength(10)
      const [first] = await listed(carol)
      await carol.request(`/api/tokens/${first?.id}`, { method: 'DELETE' })
      expect((await tokenOf(carol)).id).toBeTruthy()
    })

    it.each([
      [{ scopes: ['read'] }, 'name'],
      [{ name: ' ', scopes: ['read'] }, 'name'],
      [{ name: 'a\u0000b', scopes: ['read'] }, 'name'],
      [{ name: 'x'.repeat(101), scopes: ['read'] }, 'name'],
      [{ name: 'x', scopes: [] }, 'scopes'],
      [{ name: 'x', scopes: ['session'] }, 'scopes'],
      [{ name: 'x', scopes: ['admin'] }, 'scopes'],
      [{ name: 'x', scopes: 'read' }, 'scopes'],
      [{ name: 'x', scopes: ['read'], expiresIn: 3_599 }, 'expiresIn'],
      [{ name: 'x', scopes: ['read'], expiresIn: 40_000_000 }, 'expiresIn'],
      [{ name: 'x', scopes: ['read'], expiresIn: '3600' }, 'expiresIn'],
      [{ name: 'x', scopes: ['read'], userId: ID }, 'userId'],
    ])('are not made of %j', async (body, field) => {
      const answer = await ada.request('/api/tokens', { method: 'POST', body })
      expect((await answer.clone().json()).title).toContain(field)
      expect(await expectProblem(answer)).toBe('request_invalid')
    })

    it.skipIf(engine === 'pglite')(
      'are refused within 5 s on every gateway once one has revoked them',
      async () => {
        const other = await gateway.another()
        const { id, token } = await tokenOf(ada)
        expect((await as(token, '/api/profile', {}, other.url)).status).toBe(200)
        await ada.request(`/api/tokens/${id}`, { method: 'DELETE' })
        const until = Date.now() + 5_000
        let status = 200
        while (status === 200 && Date.now() < until) {
          await sleep(50)
          status = (await as(token, '/api/profile', {}, other.url)).status
        }
        expect(status).toBe(401)
      },
      10_000,
    )
  })
}
