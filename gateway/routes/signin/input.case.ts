import { describe, expect, test } from 'vitest'
import { type Running, whoAmI } from '../../../test/support/signin-client.ts'

/** Input of every bad kind. */
export function inputCases(running: () => Running): void {
  describe('answers to bad input', () => {
    test('errors come in the words of the API version asked for', async () => {
      const ask = (headers: Record<string, string>) =>
        fetch(`${running().server.url}/auth/v1/token?grant_type=refresh_token`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ refresh_token: 'x' }),
        })
      const worded = await ask({ 'x-supabase-api-version': '2024-01-01' })
      expect(worded.headers.get('x-supabase-api-version')).toBe('2024-01-01')
      expect(worded.headers.get('x-sb-error-code')).toBe('refresh_token_not_found')
      expect(await worded.json()).toEqual({ code: 'refresh_token_not_found', message: expect.any(String) })
      const numbered = await ask({})
      expect(numbered.headers.get('x-supabase-api-version')).toBeNull()
      expect(await numbered.json()).toEqual({
        code: 400,
        error_code: 'refresh_token_not_found',
        msg: expect.any(String),
      })
    })

    describe('bad input is never the server’s fault', () => {
      const deep = '['.repeat(10_000) + ']'.repeat(10_000)
      const bodies = [
        '',
        'null',
        '[]',
        '"text"',
        '{',
        '{"email":1,"password":{},"refresh_token":[]}',
        '{"email":null,"password":null,"refresh_token":null}',
        '{"email":"a@example.com","password":"longenough\\u0000","refresh_token":"\\u0000"}',
        '{"email":"\\ud800@example.com","password":"longenough","refresh_token":"\\ud800"}',
        '{"__proto__":{"email":"a@example.com"},"password":"longenough"}',
        '{"constructor":{"prototype":{}},"email":"toString","password":"hasOwnProperty"}',
        `{"email":"a@example.com","password":"longenough","data":${deep}}`,
        `{"email":"a@example.com","password":"longenough","data":{"x":"${'y'.repeat(5000)}"}}`,
        `{"email":"${'a'.repeat(2000)}@example.com","password":"longenough"}`,
        `{"email":"a@example.com","password":"${'p'.repeat(4097)}"}`,
        'x'.repeat(100_000),
        '{"email":"a@example.com","phone":"+123","password":"longenough"}',
        '{"phone":"+123","password":"longenough"}',
        '{"data":[]}',
      ]
      const routes = [
        ['POST', '/signup'],
        ['POST', '/token?grant_type=password'],
        ['POST', '/token?grant_type=refresh_token'],
        ['POST', '/token?grant_type=__proto__'],
        ['POST', '/token'],
        ['POST', '/logout?scope=constructor'],
        ['POST', '/token?grant_type=pkce'],
        ['POST', '/token?grant_type=id_token'],
        ['POST', '/otp'],
        ['POST', '/magiclink'],
        ['POST', '/recover'],
        ['POST', '/resend'],
        ['POST', '/verify'],
        ['POST', '/sso'],
        ['POST', '/invite'],
        ['POST', '/admin/generate_link'],
        ['PUT', '/user'],
        ['DELETE', '/admin/users/1'],
      ] as const

      /** A body that is only odd: the route reads nothing of what is wrong with it. */
      const isGood = (path: string, body: string) =>
        path === '/signup'
          ? body === '{"email":null,"password":null,"refresh_token":null}'
          : /^.(otp|magiclink|recover)$/.test(path) &&
            /^\{"email":"a@example.com","(data|password)":"?/.test(body)

      test.each(routes)('%s %s', async (method, path) => {
        for (const body of bodies) {
          const answer = await fetch(`${running().server.url}/auth/v1${path}`, { method, body })
          if (answer.status === 200 && isGood(path, body)) continue
          expect(answer.status, body.slice(0, 80)).toBeGreaterThanOrEqual(400)
          expect(answer.status, body.slice(0, 80)).toBeLessThan(500)
          expect(answer.headers.get('x-sb-error-code')).toMatch(/^[a-z_]+$/)
        }
        expect(running().server.failures).toEqual([])
      })

      test.each([
        '/verify',
        '/verify?type=__proto__&token=x',
        '/verify?type=signup',
        '/verify?type=signup&token=%00',
        '/verify?type=magiclink&token=x&redirect_to=%00',
        `/verify?type=signup&token=${'x'.repeat(5000)}`,
        '/nothing/here',
      ])('GET route %#', async (path) => {
        const answer = await fetch(`${running().server.url}/auth/v1${path}`, { redirect: 'manual' })
        expect(answer.status).toBeLessThan(500)
        expect(answer.headers.get('location') ?? '').not.toContain('access_token')
      })

      test.each([
        'Bearer',
        'Bearer a.b.c',
        'Basic x',
        `Bearer ${'a'.repeat(9000)}`,
        'Bearer eyJhbGciOiJub25lIn0.e30.',
      ])('a malformed Authorization header: %#', async (authorization) => {
        for (const path of ['/auth/v1/user', '/auth/v1/logout', '/me']) {
          const method = path.endsWith('logout') ? 'POST' : 'GET'
          const answer = await fetch(`${running().server.url}${path}`, { method, headers: { authorization } })
          expect([401, 403]).toContain(answer.status)
        }
      })

      test('the anon and service keys are no person’s token', async () => {
        for (const key of [running().server.keys.anonKey, running().server.keys.serviceRoleKey.reveal()]) {
          const me = await whoAmI(running().server, key)
          expect(me.status).toBe(401)
        }
      })
    })
  })
}
