import { describe, expect, test } from 'vitest'
import { signInWithPassword } from '../../../src/signin/sign-in.ts'
import {
  adminOf,
  clientOf,
  newEmail,
  PASSWORD,
  type Running,
  signedUp,
  whoAmI,
} from '../../../test/support/signin-client.ts'
import { follow, mailTo, pkceClientOf } from '../../../test/support/signin-mail.ts'

const NEW_PASSWORD = 'another horse battery'

/** Lost passwords, and other ones. */
export function passwordCases(running: () => Running): void {
  const server = () => running().server
  const signIn = (email: string, password: string) =>
    clientOf(server()).auth.signInWithPassword({ email, password })
  /** Follows a link and goes on with the session it brings. */
  async function sessionOf(link: string) {
    const { access_token = '', refresh_token = '' } = (await follow(link)).fragment
    const client = clientOf(server())
    const { error } = await client.auth.setSession({ access_token, refresh_token })
    if (error) throw error
    return client
  }

  describe('a lost password', () => {
    test('is replaced by way of the mailed link; the old one and other sessions are gone', async () => {
      const { email, session } = await signedUp(server())
      const options = { redirectTo: 'tauri://localhost/reset' }
      expect(await clientOf(server()).auth.resetPasswordForEmail(email, options)).toEqual({
        data: {},
        error: null,
      })
      const { link } = await mailTo(server(), email, 'recovery')
      expect(new URL(link).searchParams.get('redirect_to')).toBe('tauri://localhost/reset')
      const client = await sessionOf(link)
      expect((await client.auth.updateUser({ password: NEW_PASSWORD })).error).toBeNull()
      expect((await signIn(email, PASSWORD)).error).toMatchObject({ code: 'invalid_credentials' })
      expect((await signIn(email, NEW_PASSWORD)).error).toBeNull()
      expect((await whoAmI(server(), session.access_token)).status).toBe(401)
      expect((await client.auth.getUser()).error).toBeNull()
    })

    test('and by way of PKCE, where the client learns that it is a recovery', async () => {
      const { email } = await signedUp(server())
      const client = pkceClientOf(server())
      await client.auth.resetPasswordForEmail(email)
      const { query } = await follow((await mailTo(server(), email, 'recovery')).link)
      const { data, error } = await client.auth.exchangeCodeForSession(query.code ?? '')
      expect(error).toBeNull()
      expect(data).toMatchObject({ redirectType: 'recovery' })
    })

    test('is answered alike for an address that nobody has, at once and within the minute', async () => {
      const { email } = await signedUp(server())
      for (const address of [email, newEmail()]) {
        const ask = () => clientOf(server()).auth.resetPasswordForEmail(address)
        expect(await ask()).toEqual({ data: {}, error: null })
        expect((await ask()).error).toMatchObject({ status: 429, code: 'over_email_send_rate_limit' })
      }
    })
  })

  describe('another password', () => {
    test('keeps this session and ends the others', async () => {
      const { client, email, session } = await signedUp(server())
      const other = (await signIn(email, PASSWORD)).data.session
      expect((await client.auth.updateUser({ password: NEW_PASSWORD })).error).toBeNull()
      expect((await whoAmI(server(), session.access_token)).status).toBe(200)
      expect((await whoAmI(server(), other?.access_token)).status).toBe(401)
      const renewed = await clientOf(server()).auth.refreshSession({
        refresh_token: other?.refresh_token ?? '',
      })
      expect(renewed.error).toMatchObject({ code: 'refresh_token_not_found' })
    })

    test('set while the old one is looked at ends that sign-in too', async () => {
      const { client, email, userId } = await signedUp(server())
      const changing = {
        async matches() {
          await client.auth.updateUser({ password: NEW_PASSWORD })
          return true
        },
      }
      const deps = { db: running().database.db, keys: server().keys }
      const here = { userAgent: null, address: null }
      await expect(
        signInWithPassword(deps, changing, { email, password: PASSWORD }, here),
      ).rejects.toMatchObject({ code: 'invalid_credentials' })
      const sessions = await deps.db.query('select from auth.sessions where user_id = $1', [userId])
      expect(sessions).toHaveLength(1)
    })

    test('by an administrator ends a sign-in under way as well', async () => {
      const { email, userId } = await signedUp(server())
      const changing = {
        async matches() {
          await adminOf(server()).updateUserById(userId, { password: NEW_PASSWORD })
          return true
        },
      }
      const deps = { db: running().database.db, keys: server().keys }
      const here = { userAgent: null, address: null }
      await expect(
        signInWithPassword(deps, changing, { email, password: PASSWORD }, here),
      ).rejects.toMatchObject({ code: 'invalid_credentials' })
    })

    test('many sign-ins of one person at once all succeed', async () => {
      const { email } = await signedUp(server())
      const all = await Promise.all(Array.from({ length: 8 }, () => signIn(email, PASSWORD)))
      expect(all.map(({ error }) => error)).toEqual(Array(8).fill(null))
    })

    test('must be another, and strong enough', async () => {
      const { client } = await signedUp(server())
      expect((await client.auth.updateUser({ password: PASSWORD })).error).toMatchObject({
        status: 422,
        code: 'same_password',
      })
      expect((await client.auth.updateUser({ password: 'short' })).error).toMatchObject({
        status: 422,
        code: 'weak_password',
        reasons: ['length'],
      })
      expect((await client.auth.updateUser({ password: '' })).error).toMatchObject({ code: 'weak_password' })
    })

    test('needs the mailed code in a session older than a day, and takes it once', async () => {
      const { client, email, userId } = await signedUp(server())
      await running().database.db.query(
        `update auth.sessions set created_at = now() - interval '25 hours' where user_id = $1`,
        [userId],
      )
      expect((await client.auth.updateUser({ password: NEW_PASSWORD })).error).toMatchObject({
        status: 400,
        code: 'reauthentication_needed',
      })
      expect((await client.auth.reauthenticate()).error).toBeNull()
      const { code, link } = await mailTo(server(), email, 'reauthentication')
      expect(link).toBe('')
      const wrong = code === '000000' ? '000001' : '000000'
      expect((await client.auth.updateUser({ password: NEW_PASSWORD, nonce: wrong })).error).toMatchObject({
        status: 422,
        code: 'reauthentication_not_valid',
      })
      expect((await client.auth.updateUser({ password: NEW_PASSWORD, nonce: code })).error).toBeNull()
      const again = await client.auth.updateUser({ password: PASSWORD, nonce: code })
      expect(again.error).toMatchObject({ code: 'reauthentication_not_valid' })
    })

    test('takes the mailed code however often strangers try codes for the address', async () => {
      const { client, email } = await signedUp(server())
      const nowhere = { userAgent: null, address: null }
      for (let n = 0; n < 21; n += 1) {
        await server()
          .accounts.verify('email', { email, code: '000000' }, nowhere)
          .catch(() => {})
      }
      await client.auth.reauthenticate()
      const { code } = await mailTo(server(), email, 'reauthentication')
      expect((await client.auth.updateUser({ password: NEW_PASSWORD, nonce: code })).error).toBeNull()
    })

    test('counts the codes a person tries for themselves', async () => {
      const { client } = await signedUp(server())
      const tried: unknown[] = []
      for (let n = 0; n < 21; n += 1) {
        const { error } = await client.auth.updateUser({ password: NEW_PASSWORD, nonce: '000000' })
        tried.push(error?.code)
      }
      expect(tried.slice(0, 20)).toEqual(Array(20).fill('reauthentication_not_valid'))
      expect(tried[20]).toBe('over_request_rate_limit')
    })

    test('is refused with a code that was mailed to somebody else', async () => {
      const ana = await signedUp(server())
      const ben = await signedUp(server())
      await ana.client.auth.reauthenticate()
      const { code } = await mailTo(server(), ana.email, 'reauthentication')
      const { error } = await ben.client.auth.updateUser({ password: NEW_PASSWORD, nonce: code })
      expect(error).toMatchObject({ code: 'reauthentication_not_valid' })
    })
  })
}
