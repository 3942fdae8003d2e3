import { randomUUID } from 'node:crypto'
import { hash } from '@node-rs/bcrypt'
import { describe, expect, test } from 'vitest'
import {
  adminOf,
  clientOf,
  newEmail,
  PASSWORD,
  type Running,
  signedUp,
  whoAmI,
} from '../../../test/support/signin-client.ts'

/** Administration of people, as an unmodified client with the service-role key does it. */
export function adminCases(running: () => Running): void {
  describe('auth.admin', () => {
    const admin = () => adminOf(running().server)
    const signIn = (email: string, password = PASSWORD) =>
      clientOf(running().server).auth.signInWithPassword({ email, password })
    const ask = (path: string, init: RequestInit = {}) => {
      const authorization = `Bearer ${running().server.keys.serviceRoleKey.reveal()}`
      return fetch(`${running().server.url}/auth/v1/admin${path}`, { ...init, headers: { authorization } })
    }
    async function newPerson(more: object = {}) {
      const email = newEmail()
      const { data, error } = await admin().createUser({
        email,
        password: PASSWORD,
        email_confirm: true,
        ...more,
      })
      if (error) throw error
      return { ...data.user, email }
    }

    test('createUser makes a person who can sign in, with what was asked for', async () => {
      const id = randomUUID()
      const user = await newPerson({
        id,
        user_metadata: { name: 'Ada' },
        app_metadata: { plan: 'pro', provider: null },
      })
      expect(user).toMatchObject({
        id,
        role: 'authenticated',
        email_confirmed_at: expect.any(String),
        user_metadata: { name: 'Ada' },
        app_metadata: { plan: 'pro', providers: ['email'] },
        identities: [{ provider: 'email', email: user.email, identity_data: { email_verified: true } }],
      })
      expect(user.app_metadata).not.toHaveProperty('provider')
      expect((await signIn(user.email)).data.user?.id).toBe(id)
    })

    test('createUser takes over a bcrypt hash, and refuses one of another kind', async () => {
      const { email } = await newPerson({
        password: undefined,
        password_hash: await hash('from elsewhere', 10),
      })
      expect((await signIn(email, 'from elsewhere')).error).toBeNull()
      for (const password_hash of ['$argon2id$v=19$m=1', 'plain text']) {
        const { error } = await admin().createUser({ email: newEmail(), password_hash })
        expect(error).toMatchObject({ status: 400, code: 'validation_failed' })
      }
    })

    test('a person made without a password has none that works, and an unconfirmed one must confirm', async () => {
      const { email } = await newPerson({ password: undefined })
      expect((await signIn(email, '')).error).toMatchObject({ code: 'invalid_credentials' })
      const unconfirmed = await newPerson({ email_confirm: false })
      expect((await signIn(unconfirmed.email)).error).toMatchObject({ code: 'email_not_confirmed' })
    })

    test('an address or id that is taken is refused', async () => {
      const { email, id } = await newPerson()
      const again = await admin().createUser({ email: email.toUpperCase(), password: PASSWORD })
      expect(again.error).toMatchObject({ status: 422, code: 'email_exists' })
      const same = await admin().createUser({ id, email: newEmail() })
      expect(same.error).toMatchObject({ status: 422, code: 'user_already_exists' })
      const other = await newPerson()
      const moved = await admin().updateUserById(other.id, { email })
      expect(moved.error).toMatchObject({ status: 422, code: 'email_exists' })
    })

    test('listUsers goes through everyone, page by page, newest first', async () => {
      const made = [await newPerson(), await newPerson(), await newPerson()]
      const first = await admin().listUsers({ page: 1, perPage: 2 })
      if (first.error) throw first.error
      expect(first.data.users.map(({ id }) => id)).toEqual([made[2]?.id, made[1]?.id])
      expect(first.data.nextPage).toBe(2)
      const second = await admin().listUsers({ page: 2, perPage: 2 })
      expect(second.data.users[0]?.id).toBe(made[0]?.id)
      const answer = await ask('/users?page=1&per_page=1000')
      const { total } = first.data
      const last = (await ask('/users?page=1&per_page=2')).headers.get('link')?.split(', ')[1]
      expect(last).toBe(`</auth/v1/admin/users?page=${Math.ceil(total / 2)}&per_page=2>; rel="last"`)
      const everyone = (await answer.json()) as { users: unknown[] }
      expect(answer.headers.get('x-total-count')).toBe(String(everyone.users.length))
      expect(answer.headers.get('link')).toBe('</auth/v1/admin/users?page=1&per_page=1000>; rel="last"')
      for (const bad of ['per_page=0', 'page=x', 'page=-1', 'per_page=9999999999']) {
        expect((await ask(`/users?${bad}`)).status, bad).toBe(400)
      }
    })

    test('updateUserById changes what is named and nothing else', async () => {
      const { id } = await newPerson({ user_metadata: { name: 'Ada', city: 'London' } })
      const email = newEmail()
      const { data, error } = await admin().updateUserById(id, {
        email,
        email_confirm: true,
        user_metadata: { city: null, age: 36 },
        app_metadata: { plan: 'pro' },
      })
      expect(error).toBeNull()
      expect(data.user).toMatchObject({ email, app_metadata: { provider: 'email', plan: 'pro' } })
      expect(data.user?.user_metadata).toEqual({ name: 'Ada', age: 36 })
      expect((await signIn(email)).error).toBeNull()
      expect((await admin().getUserById(id)).data.user).toMatchObject({ email })
    })

    test('a new password or role from the administrator ends every session of the person', async () => {
      for (const change of [{ password: 'another good one' }, { role: 'auditor' }]) {
        const { userId, session } = await signedUp(running().server)
        expect((await admin().updateUserById(userId, change)).error).toBeNull()
        expect((await whoAmI(running().server, session.access_token)).status).toBe(401)
        const { refresh_token } = session
        const refreshed = await clientOf(running().server).auth.refreshSession({ refresh_token })
        expect(refreshed.error).toMatchObject({ code: 'refresh_token_not_found' })
      }
    })

    test('a ban takes requests, sign-in and refresh; its end gives them back', async () => {
      const { userId, email, client, session } = await signedUp(running().server)
      expect((await whoAmI(running().server, session.access_token)).status).toBe(200)
      const { data } = await admin().updateUserById(userId, { ban_duration: '24h' })
      const until = Date.parse(data.user?.banned_until ?? '')
      expect(until - Date.now()).toBeGreaterThan(86_300_000)
      const refused = await whoAmI(running().server, session.access_token)
      expect(refused.status).toBe(401)
      const self = await client.auth.updateUser({ password: 'set by a banned one' })
      expect(self.error).toMatchObject({ status: 403, code: 'user_banned' })
      expect((await signIn(email)).error).toMatchObject({ code: 'user_banned' })
      const { refresh_token } = session
      expect((await client.auth.refreshSession({ refresh_token })).error).toMatchObject({
        code: 'user_banned',
      })
      expect(
        (await admin().updateUserById(userId, { ban_duration: 'none' })).data.user?.banned_until,
      ).toBeUndefined()
      expect((await whoAmI(running().server, session.access_token)).status).toBe(200)
      expect((await signIn(email)).error).toBeNull()
      const bad = await admin().updateUserById(userId, { ban_duration: 'for ever' })
      expect(bad.error).toMatchObject({ status: 400, code: 'validation_failed' })
    })

    test('deleteUser takes everything, and what the pseudonym stood for', async () => {
      const { userId, email, session } = await signedUp(running().server)
      await whoAmI(running().server, session.access_token)
      expect((await admin().deleteUser(userId)).error).toBeNull()
      const left = await running().database.db.query(
        `select from public.audit_actors where user_id = $1 union all
        select from public.user_profiles where user_id = $1 union all
        select from auth.identities where user_id = $1 union all select from auth.sessions where user_id = $1`,
        [userId],
      )
      expect(left).toEqual([])
      expect((await whoAmI(running().server, session.access_token)).status).toBe(401)
      expect((await admin().getUserById(userId)).error).toMatchObject({ status: 404, code: 'user_not_found' })
      expect((await admin().deleteUser(userId)).error).toMatchObject({ status: 404, code: 'user_not_found' })
      expect((await signIn(email)).error).toMatchObject({ code: 'invalid_credentials' })
    })

    test('a soft deletion keeps the row and nothing that says who it was', async () => {
      const { userId, email, session } = await signedUp(running().server)
      await whoAmI(running().server, session.access_token)
      expect((await admin().deleteUser(userId, true)).error).toBeNull()
      const { data } = await admin().getUserById(userId)
      expect(data.user).toMatchObject({ id: userId, deleted_at: expect.any(String), user_metadata: {} })
      expect(JSON.stringify(data.user)).not.toContain(email)
      expect((await whoAmI(running().server, session.access_token)).status).toBe(401)
      expect((await signIn(email)).error).toMatchObject({ code: 'invalid_credentials' })
      expect((await admin().deleteUser(userId, true)).error).toBeNull()
      const { data: again } = await clientOf(running().server).auth.signUp({ email, password: PASSWORD })
      expect(again.user?.id).not.toBe(userId)
    })

    test('what is done to people is on the chain before it happens, by pseudonyms', async () => {
      const { userId, email, session } = await signedUp(running().server)
      const { actor } = (await (await whoAmI(running().server, session.access_token)).json()) as {
        actor: string
      }
      await admin().updateUserById(userId, { ban_duration: '1h', user_metadata: { name: 'Grace' } })
      await admin().deleteUser(userId)
      const entries = await running().database.db.query<{ kind: string; data: object; actor: string }>(
        `select kind, data, actor from public.audit_entries where kind like 'user.%' order by seq desc limit 4`,
      )
      expect(entries.map(({ kind, data }) => ({ kind, data })).reverse()).toMatchObject([
        { kind: 'user.update.start', data: { person: actor, fields: ['userMetadata', 'ban'] } },
        { kind: 'user.update.end', data: { outcome: 'ok' } },
        { kind: 'user.delete.start', data: { person: actor, soft: false } },
        { kind: 'user.delete.end', data: { outcome: 'ok' } },
      ])
      for (const told of [email, userId, 'Grace']) expect(JSON.stringify(entries)).not.toContain(told)
    })

    test('a refusal closes its entry with its own code', async () => {
      const { email } = await newPerson()
      const { id } = await newPerson()
      await admin().createUser({ email, password: PASSWORD })
      await admin().updateUserById(id, { email })
      await admin().inviteUserByEmail(email)
      const entries = await running().database.db.query<{ kind: string; data: { code: string } }>(
        `select kind, data from public.audit_entries where kind like 'user.%.end' order by seq desc limit 3`,
      )
      expect(entries.map(({ kind, data }) => [kind, data.code])).toEqual([
        ['user.invite.end', 'email_exists'],
        ['user.update.end', 'email_exists'],
        ['user.create.end', 'email_exists'],
      ])
    })

    test('metadata is measured in bytes, so that the token of whoever has most of it is taken', async () => {
      const full = { x: '字'.repeat(1000) }
      const email = newEmail()
      const { auth } = clientOf(running().server)
      for (const data of [{ x: '字'.repeat(1050) }, { x: 'y'.repeat(3100) }]) {
        const refused = await auth.signUp({ email, password: PASSWORD, options: { data } })
        expect(refused.error).toMatchObject({ code: 'validation_failed' })
      }
      const { data } = await auth.signUp({ email, password: PASSWORD, options: { data: full } })
      const id = data.user?.id ?? ''
      expect((await admin().updateUserById(id, { app_metadata: full })).error).toBeNull()
      const more = await admin().updateUserById(id, { app_metadata: { more: '字'.repeat(30) } })
      expect(more.error).toMatchObject({ code: 'validation_failed' })
      const { session } = (await signIn(email)).data
      expect((await whoAmI(running().server, session?.access_token ?? '')).status).toBe(200)
    })

    test('the creator of the installation is not deleted', async () => {
      const creator = running().server.people.creatorId ?? ''
      for (const soft of [true, false]) {
        expect((await admin().deleteUser(creator, soft)).error).toMatchObject({ code: 'validation_failed' })
      }
    })

    test('signOut of another’s token ends their session', async () => {
      const { session } = await signedUp(running().server)
      expect((await admin().signOut(session.access_token, 'global')).error).toBeNull()
      expect((await whoAmI(running().server, session.access_token)).status).toBe(401)
    })

    test.each([
      ['POST', '/users', '{}'],
      ['POST', '/users', '{"email":"x"}'],
      ['POST', '/users', '{"email":"someone@helix.localhost"}'],
      ['POST', '/users', '{"phone":"+123"}'],
      ['POST', '/users', '{"email":"a@example.com","id":"1"}'],
      ['POST', '/users', '{"email":"a@example.com","id":"00000000-0000-0000-0000-000000000000"}'],
      ['POST', '/users', '{"email":"a@example.com","password":"short"}'],
      ['POST', '/users', '{"email":"a@example.com","password":"longenough","password_hash":"x"}'],
      ['POST', '/users', `{"email":"a@example.com","app_metadata":{"x":"${'y'.repeat(5000)}"}}`],
      ['POST', '/users', '{"email":"a@example.com","ban_duration":"1 day"}'],
      ['POST', '/users', '{"email":"a@example.com","email_confirm":"yes"}'],
      ['POST', '/users', '{"email":"a@example.com","user_metadata":[]}'],
      ['GET', '/users/1', undefined],
      ['GET', `/users/${randomUUID()}`, undefined],
      ['PUT', `/users/${randomUUID()}`, '{}'],
      ['DELETE', `/users/${randomUUID()}`, '{"should_soft_delete":"x"}'],
      ['DELETE', '/users/__proto__', undefined],
    ])('%s %s is refused (%#), and is nobody’s failure', async (method, path, body) => {
      const answer = await ask(path, { method, ...(body === undefined ? {} : { body }) })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(answer.headers.get('x-sb-error-code')).toMatch(/^[a-z_]+$/)
      expect(running().server.failures).toEqual([])
    })
  })
}
