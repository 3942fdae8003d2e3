import { describe, expect, test } from 'vitest'
import { clientOf, newEmail, PASSWORD, type Running, signedUp } from '../../../test/support/signin-client.ts'

/** Signing up, and in by password. */
export function signUpCases(running: () => Running): void {
  describe('sign-up and sign-in', () => {
    test('signUp opens a session whose claims and user are GoTrue’s', async () => {
      const { client, email, session, userId } = await signedUp(running().server)
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
      expect(data?.header).toMatchObject({ alg: 'ES256', kid: running().server.keys.kid })
      expect(data?.claims).toMatchObject({
        sub: userId,
        aud: 'authenticated',
        iss: running().server.keys.issuer,
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
      const { email, userId } = await signedUp(running().server)
      const client = clientOf(running().server)
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
      const { email } = await signedUp(running().server)
      for (const address of [email, newEmail()]) {
        const { error } = await clientOf(running().server).auth.signInWithPassword({
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
      const { email } = await signedUp(running().server)
      const { error } = await clientOf(running().server).auth.signUp({
        email: email.toUpperCase(),
        password: PASSWORD,
      })
      expect(error).toMatchObject({ status: 422, code: 'user_already_exists' })
    })

    test('two sign-ups of one address at once make one person', async () => {
      const email = newEmail()
      const both = await Promise.all(
        [1, 2].map(() => clientOf(running().server).auth.signUp({ email, password: PASSWORD })),
      )
      expect(both.filter(({ error }) => error === null)).toHaveLength(1)
      expect(both.find(({ error }) => error)?.error).toMatchObject({ code: 'user_already_exists' })
    })

    test('a weak password says why; one beyond 72 bytes is refused', async () => {
      const weak = await clientOf(running().server).auth.signUp({ email: newEmail(), password: 'short' })
      expect(weak.error).toMatchObject({ status: 422, code: 'weak_password', reasons: ['length'] })
      const long = await clientOf(running().server).auth.signUp({
        email: newEmail(),
        password: 'é'.repeat(37),
      })
      expect(long.error).toMatchObject({ status: 400, code: 'validation_failed' })
    })

    test('nobody can sign up with an address of the owner’s domain', async () => {
      const { error } = await clientOf(running().server).auth.signUp({
        email: 'owner@helix.localhost',
        password: PASSWORD,
      })
      expect(error).not.toBeNull()
    })

    test('the database holds no token and no password', async () => {
      const { session, userId } = await signedUp(running().server)
      const rows = await running().database.db.query(
        `select to_jsonb(u)::text || (select string_agg(to_jsonb(t)::text, '') from auth.refresh_tokens t
      where t.user_id = u.id::text) as text from auth.users u where u.id = $1`,
        [userId],
      )
      expect(String(rows[0]?.text)).toContain('$2b$10$')
      expect(String(rows[0]?.text)).not.toContain(session.refresh_token)
      expect(String(rows[0]?.text)).not.toContain(PASSWORD)
    })
  })
}
