import { describe, expect, test } from 'vitest'
import {
  clientOf,
  newEmail,
  PASSWORD,
  type Running,
  signedUp,
  whoAmI,
} from '../../../test/support/signin-client.ts'
import { follow, mailTo } from '../../../test/support/signin-mail.ts'
import { startSignInServer } from '../../../test/support/signin-server.ts'

/** People without an address, and what is not offered to anybody. */
export function anonymousCases(running: () => Running): void {
  const server = () => running().server
  const signIn = (email: string, password: string) =>
    clientOf(server()).auth.signInWithPassword({ email, password })

  describe('an anonymous account', () => {
    test('is a person like others, without an address', async () => {
      const client = clientOf(server())
      const { data, error } = await client.auth.signInAnonymously({ options: { data: { from: 'page' } } })
      expect(error).toBeNull()
      expect(data.user).toMatchObject({
        email: '',
        is_anonymous: true,
        app_metadata: {},
        user_metadata: { from: 'page' },
        identities: [],
      })
      expect((await client.auth.getClaims()).data?.claims).toMatchObject({
        is_anonymous: true,
        role: 'authenticated',
        amr: [{ method: 'anonymous' }],
      })
      expect((await whoAmI(server(), data.session?.access_token)).status).toBe(200)
      expect((await client.auth.refreshSession()).error).toBeNull()
    })

    test('gets an address and a password at once where addresses confirm themselves', async () => {
      const client = clientOf(server())
      const { data } = await client.auth.signInAnonymously()
      expect((await client.auth.updateUser({ password: PASSWORD })).error).toMatchObject({
        status: 422,
        code: 'validation_failed',
      })
      const email = newEmail()
      const updated = await client.auth.updateUser({ email, password: PASSWORD })
      expect(updated.data.user).toMatchObject({
        id: data.user?.id,
        email,
        is_anonymous: false,
        app_metadata: { provider: 'email', providers: ['email'] },
        identities: [{ provider: 'email', identity_data: { email, email_verified: true } }],
      })
      expect((await signIn(email, PASSWORD)).data.user?.id).toBe(data.user?.id)
      await client.auth.refreshSession()
      expect((await client.auth.getClaims()).data?.claims.is_anonymous).toBe(false)
    })

    test('elsewhere once the one mail is answered', async () => {
      const strict = await startSignInServer(running().database.db, { autoConfirm: false })
      try {
        const client = clientOf(strict)
        const { data } = await client.auth.signInAnonymously()
        const email = newEmail()
        const asked = await client.auth.updateUser({ email })
        expect(asked.data.user).toMatchObject({ is_anonymous: true, new_email: email })
        const { fragment } = await follow((await mailTo(strict, email, 'email_change_new')).link)
        expect(fragment.access_token).toBeTruthy()
        expect((await client.auth.getUser()).data.user).toMatchObject({
          id: data.user?.id,
          email,
          is_anonymous: false,
        })
      } finally {
        await strict.stop()
      }
    })

    test('is not offered where the limit is 0', async () => {
      const closed = await startSignInServer(running().database.db, { rates: { anonymousSignUps: 0 } })
      try {
        expect((await clientOf(closed).auth.signInAnonymously()).error).toMatchObject({
          status: 422,
          code: 'anonymous_provider_disabled',
        })
      } finally {
        await closed.stop()
      }
    })
  })

  test('ways to sign in that are not offered are refused in GoTrue’s words', async () => {
    const { client } = await signedUp(server())
    const linked = await client.auth.linkIdentity({ provider: 'github' })
    expect(linked.error).toMatchObject({ status: 404, code: 'manual_linking_disabled' })
    const identities = (await client.auth.getUserIdentities()).data?.identities ?? []
    expect(identities).toMatchObject([{ provider: 'email' }])
    const [identity] = identities
    if (!identity) throw new Error('no identity')
    expect((await client.auth.unlinkIdentity(identity)).error).toMatchObject({
      code: 'manual_linking_disabled',
    })
    expect((await client.auth.signInWithSSO({ domain: 'example.com' })).error).toMatchObject({
      status: 404,
      code: 'saml_provider_disabled',
    })
    const idToken = await client.auth.signInWithIdToken({ provider: 'google', token: 'x' })
    expect(idToken.error).toMatchObject({ status: 400, code: 'provider_disabled' })
    const { data } = await client.auth.signInWithOAuth({
      provider: 'github',
      options: { skipBrowserRedirect: true },
    })
    const answer = await fetch(data.url ?? '')
    expect(await answer.json()).toMatchObject({
      code: 400,
      error_code: 'validation_failed',
      msg: 'Unsupported provider: provider is not enabled',
    })
  })
}
