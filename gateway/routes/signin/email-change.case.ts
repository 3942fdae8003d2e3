import { describe, expect, test } from 'vitest'
import { clientOf, newEmail, PASSWORD, type Running, signedUp } from '../../../test/support/signin-client.ts'
import { follow, mailTo, pkceClientOf } from '../../../test/support/signin-mail.ts'
import { ownLimiter, startSignInServer } from '../../../test/support/signin-server.ts'

/** Other addresses, and what else people say of themselves. */
export function emailChangeCases(running: () => Running): void {
  const server = () => running().server
  const signIn = (email: string, password: string) =>
    clientOf(server()).auth.signInWithPassword({ email, password })

  describe('metadata', () => {
    test('is merged; a null takes a key away; the administration’s is out of reach', async () => {
      const { client, session } = await signedUp(server())
      await client.auth.updateUser({ data: { colour: 'blue' } })
      const { data } = await client.auth.updateUser({ data: { name: null, size: 3 } })
      expect(data.user?.user_metadata).toEqual({ colour: 'blue', size: 3 })
      const answer = await fetch(`${server().url}/auth/v1/user`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${session.access_token}` },
        body: JSON.stringify({ app_metadata: { role: 'admin' } }),
      })
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({ error_code: 'not_admin' })
    })

    test('is not longer than a token can carry', async () => {
      const { client } = await signedUp(server())
      await client.auth.updateUser({ data: { a: 'x'.repeat(2500) } })
      const { error } = await client.auth.updateUser({ data: { b: 'x'.repeat(2500) } })
      expect(error).toMatchObject({ status: 400, code: 'validation_failed' })
    })
  })

  describe('another address', () => {
    test('counts once both addresses have agreed, in either order', async () => {
      for (const order of [
        ['email_change_current', 'email_change_new'],
        ['email_change_new', 'email_change_current'],
      ] as const) {
        const { client, email, userId } = await signedUp(server())
        const wanted = newEmail()
        const { data } = await client.auth.updateUser({ email: wanted })
        expect(data.user).toMatchObject({
          email,
          new_email: wanted,
          email_change_sent_at: expect.any(String),
        })
        const [first, second] = order.map((kind) =>
          mailTo(server(), kind === 'email_change_new' ? wanted : email, kind),
        )
        const agreed = await follow((await first)?.link ?? '')
        expect(agreed.fragment.message).toMatch(/^Confirmation link accepted/)
        expect((await signIn(wanted, PASSWORD)).error).toMatchObject({ code: 'invalid_credentials' })
        const changed = await follow((await second)?.link ?? '')
        expect(changed.fragment).toMatchObject({ type: 'email_change', token_type: 'bearer' })
        expect((await signIn(wanted, PASSWORD)).data.user).toMatchObject({
          id: userId,
          email: wanted,
          identities: [{ identity_data: { email: wanted, email_verified: true } }],
        })
        expect((await signIn(email, PASSWORD)).error).toMatchObject({ code: 'invalid_credentials' })
      }
    })

    test('by codes', async () => {
      const { client, email } = await signedUp(server())
      const wanted = newEmail()
      await client.auth.updateUser({ email: wanted })
      const verify = async (address: string, kind: 'email_change_current' | 'email_change_new') =>
        clientOf(server()).auth.verifyOtp({
          email: address,
          token: (await mailTo(server(), address, kind)).code,
          type: 'email_change',
        })
      const first = await verify(email, 'email_change_current')
      expect(first).toMatchObject({ error: null, data: { user: null, session: null } })
      const second = await verify(wanted, 'email_change_new')
      expect(second.data.user?.email).toBe(wanted)
    })

    test('both clicks at once change it, once', async () => {
      const { client, email } = await signedUp(server())
      const wanted = newEmail()
      await client.auth.updateUser({ email: wanted })
      const links = [
        (await mailTo(server(), email, 'email_change_current')).link,
        (await mailTo(server(), wanted, 'email_change_new')).link,
      ]
      const followed = await Promise.all([...links, ...links].map(follow))
      expect(followed.filter(({ fragment }) => fragment.message)).toHaveLength(1)
      expect(followed.filter(({ fragment }) => fragment.access_token)).toHaveLength(1)
    })

    test('may be taken by somebody else meanwhile, and is then refused', async () => {
      const { client, email } = await signedUp(server())
      const wanted = newEmail()
      await client.auth.updateUser({ email: wanted })
      await clientOf(server()).auth.signUp({ email: wanted, password: PASSWORD })
      await follow((await mailTo(server(), email, 'email_change_current')).link)
      const { fragment } = await follow((await mailTo(server(), wanted, 'email_change_new')).link)
      expect(fragment).toMatchObject({ error_code: 'email_exists' })
      const taken = await signedUp(server())
      expect((await client.auth.updateUser({ email: taken.email })).error).toMatchObject({
        status: 422,
        code: 'email_exists',
      })
    })

    test('is mailed again, and the earlier links are then worth nothing', async () => {
      const { client, email } = await signedUp(server())
      const wanted = newEmail()
      await client.auth.updateUser({ email: wanted })
      const old = await mailTo(server(), wanted, 'email_change_new')
      const elsewhere = await startSignInServer(running().database.db, { limiter: ownLimiter() })
      try {
        const resent = await clientOf(elsewhere).auth.resend({ type: 'email_change', email })
        expect(resent.error).toBeNull()
        const fresh = await mailTo(elsewhere, wanted, 'email_change_new')
        expect((await follow(old.link)).fragment.error_code).toBe('otp_expired')
        expect((await follow(fresh.link)).fragment.message).toMatch(/^Confirmation link accepted/)
      } finally {
        await elsewhere.stop()
      }
    })

    test('with PKCE the second link brings the code', async () => {
      const email = newEmail()
      const client = pkceClientOf(server())
      await client.auth.signUp({ email, password: PASSWORD })
      const wanted = newEmail()
      expect((await client.auth.updateUser({ email: wanted })).error).toBeNull()
      const agreed = await follow((await mailTo(server(), email, 'email_change_current')).link)
      expect(agreed.query.message).toMatch(/^Confirmation link accepted/)
      const { query } = await follow((await mailTo(server(), wanted, 'email_change_new')).link)
      const { data } = await client.auth.exchangeCodeForSession(query.code ?? '')
      expect(data.user?.email).toBe(wanted)
    })
  })
}
