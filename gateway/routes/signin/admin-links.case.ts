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
import { follow, mailTo } from '../../../test/support/signin-mail.ts'
import { startSignInServer } from '../../../test/support/signin-server.ts'

/** Links that an administrator makes, and invitations. */
export function adminLinkCases(running: () => Running): void {
  describe('auth.admin', () => {
    const server = () => running().server
    const admin = () => adminOf(server())

    test('generateLink makes each kind of link and code, and sends nothing', async () => {
      const { email } = await signedUp(server())
      for (const type of ['magiclink', 'recovery'] as const) {
        const { data, error } = await admin().generateLink({ type, email })
        expect(error).toBeNull()
        expect(data.user).toMatchObject({ email })
        expect(data.properties).toMatchObject({
          verification_type: type,
          email_otp: expect.stringMatching(/^\d{6}$/),
          redirect_to: `${server().url}/`,
        })
        expect((await follow(data.properties?.action_link ?? '')).fragment).toMatchObject({ type })
        const again = await admin().generateLink({ type, email })
        const verified = await clientOf(server()).auth.verifyOtp({
          type,
          token_hash: again.data.properties?.hashed_token ?? '',
        })
        expect(verified.data.user?.email).toBe(email)
      }
    })

    test('generateLink signs somebody new up, with a password of theirs or without', async () => {
      const email = newEmail()
      const made = await admin().generateLink({ type: 'signup', email, password: PASSWORD })
      await follow(made.data.properties?.action_link ?? '')
      const signedIn = await clientOf(server()).auth.signInWithPassword({ email, password: PASSWORD })
      expect(signedIn.error).toBeNull()
      const taken = await admin().generateLink({ type: 'signup', email, password: PASSWORD })
      expect(taken.error).toMatchObject({ status: 422, code: 'email_exists' })
      const { data } = await admin().generateLink({ type: 'magiclink', email: newEmail() })
      expect(data.properties?.verification_type).toBe('signup')
      expect((await follow(data.properties?.action_link ?? '')).fragment.access_token).toBeTruthy()
      const unknown = await admin().generateLink({ type: 'recovery', email: newEmail() })
      expect(unknown.error).toMatchObject({ status: 404, code: 'user_not_found' })
    })

    test('generateLink changes an address by both of its links', async () => {
      const { email, userId } = await signedUp(server())
      const wanted = newEmail()
      const linkOf = async (type: 'email_change_current' | 'email_change_new') =>
        (await admin().generateLink({ type, email, newEmail: wanted })).data.properties?.action_link ?? ''
      const [current, next] = [await linkOf('email_change_current'), await linkOf('email_change_new')]
      expect((await follow(current)).fragment.message).toMatch(/^Confirmation link accepted/)
      expect((await follow(next)).fragment.access_token).toBeTruthy()
      expect((await admin().getUserById(userId)).data.user?.email).toBe(wanted)
    })

    test('generateLink takes up a sign-up that was never confirmed, with the password it is given', async () => {
      const email = newEmail()
      const strict = await startSignInServer(running().database.db, { autoConfirm: false })
      try {
        await clientOf(strict).auth.signUp({ email, password: 'an intruder’s password' })
      } finally {
        await strict.stop()
      }
      const { data } = await admin().generateLink({ type: 'signup', email, password: PASSWORD })
      await follow(`${data.properties?.action_link}`)
      const signIn = (password: string) => clientOf(server()).auth.signInWithPassword({ email, password })
      expect((await signIn('an intruder’s password')).error).toMatchObject({ code: 'invalid_credentials' })
      expect((await signIn(PASSWORD)).error).toBeNull()
    })

    test('generateLink leads only where links may lead', async () => {
      const { email } = await signedUp(server())
      const { data } = await admin().generateLink({
        type: 'magiclink',
        email,
        options: { redirectTo: 'https://evil.example/' },
      })
      expect(data.properties?.redirect_to).toBe(`${server().url}/`)
      const { target } = await follow(
        `${data.properties?.action_link}`.replace(/redirect_to=[^&]*/, 'redirect_to=https://evil.example/'),
      )
      expect(target.origin).toBe(server().url)
    })

    test('inviteUserByEmail mails a link that signs in; then a password can be set', async () => {
      const email = newEmail()
      const { data, error } = await admin().inviteUserByEmail(email, { data: { team: 'blue' } })
      expect(error).toBeNull()
      expect(data.user).toMatchObject({
        email,
        invited_at: expect.any(String),
        user_metadata: { team: 'blue' },
      })
      const { fragment } = await follow((await mailTo(server(), email, 'invite')).link)
      expect(fragment.type).toBe('invite')
      const client = clientOf(server())
      const { access_token = '', refresh_token = '' } = fragment
      await client.auth.setSession({ access_token, refresh_token })
      expect((await client.auth.updateUser({ password: PASSWORD })).error).toBeNull()
      const again = await admin().inviteUserByEmail(email)
      expect(again.error).toMatchObject({ status: 422, code: 'email_exists' })
    })

    test('each link that is handed out is on the chain before, by the pseudonym of whom it is for', async () => {
      const { email, session } = await signedUp(server())
      const me = (await (await whoAmI(server(), session.access_token)).json()) as { actor: string }
      const invited = newEmail()
      await admin().generateLink({ type: 'recovery', email })
      await admin().inviteUserByEmail(invited)
      const entries = await running().database.db.query<{ kind: string; data: object }>(
        `select kind, data from public.audit_entries where kind like 'user.%' order by seq desc limit 4`,
      )
      expect(entries.map(({ kind, data }) => ({ kind, data })).reverse()).toMatchObject([
        { kind: 'user.link.start', data: { person: me.actor, type: 'recovery' } },
        { kind: 'user.link.end', data: { outcome: 'ok' } },
        { kind: 'user.invite.start', data: { person: null } },
        { kind: 'user.invite.end', data: { outcome: 'ok' } },
      ])
      for (const told of [email, invited]) expect(JSON.stringify(entries)).not.toContain(told)
    })

    test('neither is open to a person', async () => {
      const { session } = await signedUp(server())
      for (const path of ['invite', 'admin/generate_link']) {
        for (const [authorization, code] of [
          [`Bearer ${session.access_token}`, 'not_admin'],
          [`Bearer ${server().keys.anonKey}`, 'not_admin'],
          ['', 'no_authorization'],
        ]) {
          const answer = await fetch(`${server().url}/auth/v1/${path}`, {
            method: 'POST',
            headers: authorization ? { authorization } : {},
            body: JSON.stringify({ type: 'magiclink', email: 'owner@helix.localhost' }),
          })
          expect(await answer.json()).toMatchObject({ error_code: code })
        }
      }
    })
  })
}
