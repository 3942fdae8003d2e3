import { randomUUID } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailPath } from '../../src/signin/mail.ts'
import { postgresUnavailable } from '../../test/support/postgres.ts'
import {
  embeddedForSignIn,
  postgresForSignIn,
  type SignInDatabase,
  startSignInServer,
} from '../../test/support/signin-server.ts'

const PASSWORD = 'correct horse battery'
const newEmail = () => `person-${randomUUID()}@example.com`

type Server = Awaited<ReturnType<typeof startSignInServer>>

function memoryStorage() {
  const items = new Map<string, string>()
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}

function clientOf(server: Server, storage = memoryStorage()): SupabaseClient {
  return createClient(server.url, server.keys.anonKey, {
    auth: { storage, autoRefreshToken: false, persistSession: true, storageKey: `t-${randomUUID()}` },
  })
}

const ENGINES = [
  { engine: 'PGlite', open: embeddedForSignIn, missing: null },
  { engine: 'PostgreSQL', open: postgresForSignIn, missing: postgresUnavailable },
].map((given) => ({ ...given, title: given.missing ? `${given.engine} (${given.missing})` : given.engine }))

for (const { title, open, missing } of ENGINES)
  describe.skipIf(missing)(`sign-in with supabase-js on ${title}`, () => {
    let database: SignInDatabase
    let server: Server

    beforeAll(async () => {
      database = await open()
      server = await startSignInServer(database.db)
    })
    afterAll(async () => {
      await server?.stop()
      await database?.drop()
    })

    async function signedUp() {
      const email = newEmail()
      const client = clientOf(server)
      const { data, error } = await client.auth.signUp({
        email,
        password: PASSWORD,
        options: { data: { name: 'Ada' } },
      })
      if (error || !data.session) throw error ?? new Error('no session')
      return { email, client, session: data.session, userId: data.session.user.id }
    }

    test('signUp opens a session whose claims and user are GoTrue’s', async () => {
      const { client, email, session, userId } = await signedUp()
      expect(session).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
      expect(session.user).toMatchObject({
        id: userId,
        aud: 'authenticated',
        role: 'authenticated',
        email,
        phone: '',
        app_metadata: { provider: 'email', providers: ['email'] },
        user_metadata: { name: 'Ada' },
        is_anonymous: false,
      })
      expect(session.user.identities).toMatchObject([
        {
          id: userId,
          user_id: userId,
          provider: 'email',
          identity_data: { sub: userId, email, email_verified: true },
        },
      ])
      const { data } = await client.auth.getClaims()
      expect(data?.header).toMatchObject({ alg: 'ES256', kid: server.keys.kid })
      expect(data?.claims).toMatchObject({
        sub: userId,
        aud: 'authenticated',
        iss: server.keys.issuer,
        email,
        phone: '',
        role: 'authenticated',
        aal: 'aal1',
        is_anonymous: false,
        amr: [{ method: 'password', timestamp: expect.any(Number) }],
        session_id: expect.any(String),
      })
      expect((data?.claims.exp ?? 0) - (data?.claims.iat ?? 0)).toBe(3600)
    })

    test('signInWithPassword and getUser', async () => {
      const { email, userId } = await signedUp()
      const client = clientOf(server)
      const { data, error } = await client.auth.signInWithPassword({
        email: email.toUpperCase(),
        password: PASSWORD,
      })
      expect(error).toBeNull()
      expect(data.user?.id).toBe(userId)
      expect(data.user?.last_sign_in_at).toBeDefined()
      expect((await client.auth.getUser()).data.user?.email).toBe(email)
    })

    test('a wrong password and an unknown address are refused alike', async () => {
      const { email } = await signedUp()
      for (const address of [email, newEmail()]) {
        const { error } = await clientOf(server).auth.signInWithPassword({
          email: address,
          password: 'not the password',
        })
        expect(error).toMatchObject({
          status: 400,
          code: 'invalid_credentials',
          message: 'Invalid login credentials',
        })
      }
    })

    test('a taken address is refused', async () => {
      const { email } = await signedUp()
      const { error } = await clientOf(server).auth.signUp({ email: email.toUpperCase(), password: PASSWORD })
      expect(error).toMatchObject({ status: 422, code: 'user_already_exists' })
    })

    test('two sign-ups of one address at once make one person', async () => {
      const email = newEmail()
      const both = await Promise.all(
        [1, 2].map(() => clientOf(server).auth.signUp({ email, password: PASSWORD })),
      )
      expect(both.filter(({ error }) => error === null)).toHaveLength(1)
      expect(both.find(({ error }) => error)?.error).toMatchObject({ code: 'user_already_exists' })
    })

    test('a weak password says why; one beyond 72 bytes is refused', async () => {
      const weak = await clientOf(server).auth.signUp({ email: newEmail(), password: 'short' })
      expect(weak.error).toMatchObject({ status: 422, code: 'weak_password', reasons: ['length'] })
      const long = await clientOf(server).auth.signUp({ email: newEmail(), password: 'é'.repeat(37) })
      expect(long.error).toMatchObject({ status: 400, code: 'validation_failed' })
    })

    test('nobody can sign up with an address of the owner’s domain', async () => {
      const { error } = await clientOf(server).auth.signUp({
        email: 'owner@helix.localhost',
        password: PASSWORD,
      })
      expect(error).not.toBeNull()
    })

    test('a session outlives its client, and refreshing rotates its token', async () => {
      const storage = memoryStorage()
      const options = { auth: { storage, autoRefreshToken: false, storageKey: 'kept' } }
      const first = createClient(server.url, server.keys.anonKey, options)
      await first.auth.signUp({ email: newEmail(), password: PASSWORD })
      const second = createClient(server.url, server.keys.anonKey, options)
      const before = (await second.auth.getSession()).data.session
      const { data, error } = await second.auth.refreshSession()
      expect(error).toBeNull()
      expect(data.session?.refresh_token).not.toBe(before?.refresh_token)
      expect((await second.auth.getUser()).data.user?.id).toBe(before?.user.id)
      const amr = (await second.auth.getClaims()).data?.claims.amr
      expect(amr).toMatchObject([{ method: 'password' }])
    })

    test('a lost answer to a refresh may be asked for again; an older token ends the session', async () => {
      const { client, session } = await signedUp()
      const exchange = (refresh_token: string) => client.auth.refreshSession({ refresh_token })
      const second = (await exchange(session.refresh_token)).data.session
      const again = (await exchange(session.refresh_token)).data.session
      expect(again?.refresh_token).toBe(second?.refresh_token)
      const third = (await exchange(second?.refresh_token ?? '')).data.session
      const stolen = await exchange(session.refresh_token)
      expect(stolen.error).toMatchObject({ status: 400, code: 'refresh_token_already_used' })
      const victim = await exchange(third?.refresh_token ?? '')
      expect(victim.error).toMatchObject({ status: 400, code: 'refresh_token_already_used' })
      const me = await fetch(`${server.url}/me`, {
        headers: { authorization: `Bearer ${third?.access_token}` },
      })
      expect(me.status).toBe(401)
    })

    test('many refreshes at once of one token all receive the same next token', async () => {
      const { client, session } = await signedUp()
      const results = await Promise.all(
        Array.from({ length: 8 }, () => client.auth.refreshSession({ refresh_token: session.refresh_token })),
      )
      expect(new Set(results.map(({ data }) => data.session?.refresh_token)).size).toBe(1)
      expect(results.every(({ error }) => error === null)).toBe(true)
    })

    test('an unknown refresh token is refused', async () => {
      const { error } = await clientOf(server).auth.refreshSession({ refresh_token: 'never-issued' })
      expect(error).toMatchObject({ status: 400, code: 'refresh_token_not_found' })
    })

    test('the database holds no token and no password', async () => {
      const { session, userId } = await signedUp()
      const rows = await database.db.query(
        `select to_jsonb(u)::text || (select string_agg(to_jsonb(t)::text, '') from auth.refresh_tokens t
        where t.user_id = u.id::text) as text from auth.users u where u.id = $1`,
        [userId],
      )
      expect(String(rows[0]?.text)).toContain('$2b$10$')
      expect(String(rows[0]?.text)).not.toContain(session.refresh_token)
      expect(String(rows[0]?.text)).not.toContain(PASSWORD)
    })

    describe('signOut', () => {
      const tokenWorks = async (token: string) => {
        const me = await fetch(`${server.url}/me`, { headers: { authorization: `Bearer ${token}` } })
        return me.status === 200
      }

      async function threeSessions() {
        const { email, client, session } = await signedUp()
        const others = await Promise.all(
          [1, 2].map(async () => {
            const other = clientOf(server)
            const { data } = await other.auth.signInWithPassword({ email, password: PASSWORD })
            return data.session?.access_token ?? ''
          }),
        )
        return { client, tokens: [session.access_token, ...others] }
      }

      test.each([
        ['local', [false, true, true]],
        ['others', [true, false, false]],
        ['global', [false, false, false]],
      ] as const)('%s', async (scope, expected) => {
        const { client, tokens } = await threeSessions()
        expect(await Promise.all(tokens.map(tokenWorks))).toEqual([true, true, true])
        const { error } = await client.auth.signOut({ scope })
        expect(error).toBeNull()
        expect(await Promise.all(tokens.map(tokenWorks))).toEqual(expected)
      })

      test('getUser of a signed-out session says the session is missing', async () => {
        const { client, session } = await signedUp()
        await client.auth.signOut()
        const { error } = await clientOf(server).auth.getUser(session.access_token)
        expect(error?.name).toBe('AuthSessionMissingError')
      })

      test('another gateway on the same database hears of it', async () => {
        const elsewhere = await startSignInServer(database.db)
        try {
          const { client, session } = await signedUp()
          const { claims } = (await client.auth.getClaims()).data ?? {}
          await client.auth.signOut()
          await expect.poll(() => elsewhere.revocations.isRevoked(String(claims?.session_id))).toBe(true)
          expect(session.access_token).toBeTruthy()
        } finally {
          await elsewhere.stop()
        }
      })
    })

    test('the creator signs in by a one-time link, once', async () => {
      const creator = server.people.creatorId ?? ''
      const link = await server.accounts.oneTimeSignIn(creator)
      expect((await fetch(link, { method: 'HEAD', redirect: 'manual' })).status).toBe(405)
      const first = await fetch(link, { redirect: 'manual' })
      expect(first.status).toBe(303)
      const target = new URL(first.headers.get('location') ?? '')
      expect(target.origin).toBe(server.url)
      const token = new URLSearchParams(target.hash.slice(1)).get('access_token')
      const me = await fetch(`${server.url}/me`, { headers: { authorization: `Bearer ${token}` } })
      expect(await me.json()).toMatchObject({
        userId: creator,
        creator: true,
        email: 'owner@helix.localhost',
      })
      const second = await fetch(link, { redirect: 'manual' })
      expect(second.headers.get('location')).toContain('error_code=otp_expired')
    })

    test('a link never sends tokens to a foreign page', async () => {
      const creator = server.people.creatorId ?? ''
      const follow = async (redirect: string) => {
        const link = new URL(await server.accounts.oneTimeSignIn(creator))
        link.searchParams.set('redirect_to', redirect)
        return (await fetch(link, { redirect: 'manual' })).headers.get('location') ?? ''
      }
      for (const foreign of [
        'https://evil.example/',
        `${server.url}@evil.example/`,
        '//evil.example',
        'javascript:1',
      ]) {
        expect(await follow(foreign)).toMatch(new RegExp(`^${server.url}/#`))
      }
      expect(await follow('tauri://localhost/x')).toMatch(/^tauri:\/\/localhost\/x#access_token=/)
    })

    test('errors come in the words of the API version asked for', async () => {
      const ask = (headers: Record<string, string>) =>
        fetch(`${server.url}/auth/v1/token?grant_type=refresh_token`, {
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

    describe('the owner', () => {
      const owner = { owner: true }
      const person = (env: object, headers = {}) => server.app.request('/me', { headers }, env)

      test('acts as the creator over the private socket, and only there', async () => {
        expect(await (await person(owner)).json()).toMatchObject({ creator: true, sessionId: null })
        const refused = await person({})
        expect(refused.status).toBe(401)
        expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="helix"')
        expect((await person(owner, { authorization: 'Bearer nonsense' })).status).toBe(401)
      })

      test('gets a session for curl from the private socket, which nobody else sees', async () => {
        const response = await server.app.request('/local/token', { method: 'POST' }, owner)
        const session = (await response.json()) as { access_token: string }
        const me = await person({}, { authorization: `Bearer ${session.access_token}` })
        expect(await me.json()).toMatchObject({ creator: true, sessionId: expect.any(String) })
        expect((await server.app.request('/local/token', { method: 'POST' })).status).toBe(404)
      })

      test('is trusted fully; a new person half', async () => {
        const { userId, session } = await signedUp()
        await person({}, { authorization: `Bearer ${session.access_token}` })
        await person(owner)
        const rows = await database.db.query(
          `select p.role, p.trust_level, a.actor from public.user_profiles p join public.audit_actors a using (user_id)
        where p.user_id in ($1, $2) order by p.trust_level`,
          [userId, server.people.creatorId],
        )
        expect(rows).toEqual([
          { role: 'member', trust_level: 0.5, actor: expect.stringMatching(/^person:[0-9a-f]{24}$/) },
          { role: 'creator', trust_level: 1, actor: expect.stringMatching(/^person:[0-9a-f]{24}$/) },
        ])
      })
    })

    test('a person whose account is gone is nobody', async () => {
      const { userId, session } = await signedUp()
      await database.db.query(`delete from auth.users where id = $1`, [userId])
      const me = await fetch(`${server.url}/me`, {
        headers: { authorization: `Bearer ${session.access_token}` },
      })
      expect(me.status).toBe(401)
      const { error } = await clientOf(server).auth.getUser(session.access_token)
      expect(error).toMatchObject({ status: 403, code: 'user_not_found' })
    })

    test('with confirmation: no session before the mailed link, whatever the second sign-up says', async () => {
      const strict = await startSignInServer(database.db, { autoConfirm: false })
      try {
        const email = newEmail()
        const client = clientOf(strict)
        const { data, error } = await client.auth.signUp({ email, password: PASSWORD })
        expect(error).toBeNull()
        expect(data.session).toBeNull()
        expect(data.user).toMatchObject({ email, confirmation_sent_at: expect.any(String) })
        const early = await client.auth.signInWithPassword({ email, password: PASSWORD })
        expect(early.error).toMatchObject({ status: 400, code: 'email_not_confirmed' })
        await clientOf(strict).auth.signUp({ email, password: 'an intruder’s password' })
        const path = mailPath(strict.dataDir, { to: email, kind: 'signup' })
        expect((await stat(path)).mode & 0o777).toBe(0o600)
        const mail = JSON.parse(await readFile(path, 'utf8'))
        const answer = await fetch(mail.link, { redirect: 'manual' })
        expect(answer.headers.get('location')).toMatch(/#access_token=.*type=signup/)
        expect((await client.auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull()
        const taken = await client.auth.signUp({ email, password: PASSWORD })
        expect(taken.error).toBeNull()
        expect(taken.data.user?.id).not.toBe(data.user?.id)
      } finally {
        await strict.stop()
      }
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
        ['POST', '/otp'],
        ['PUT', '/user'],
        ['DELETE', '/admin/users/1'],
      ] as const

      test.each(routes)('%s %s', async (method, path) => {
        for (const body of bodies) {
          const answer = await fetch(`${server.url}/auth/v1${path}`, { method, body })
          expect(answer.status, body.slice(0, 80)).toBeGreaterThanOrEqual(400)
          expect(answer.status, body.slice(0, 80)).toBeLessThan(500)
          expect(answer.headers.get('x-sb-error-code')).toMatch(/^[a-z_]+$/)
        }
        expect(server.failures).toEqual([])
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
        const answer = await fetch(`${server.url}/auth/v1${path}`, { redirect: 'manual' })
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
          const answer = await fetch(`${server.url}${path}`, { method, headers: { authorization } })
          expect([401, 403]).toContain(answer.status)
        }
      })

      test('the anon and service keys are no person’s token', async () => {
        for (const key of [server.keys.anonKey, server.keys.serviceRoleKey.reveal()]) {
          const me = await fetch(`${server.url}/me`, { headers: { authorization: `Bearer ${key}` } })
          expect(me.status).toBe(401)
        }
      })
    })
  })
