import { describe, expect, test } from 'vitest'
import {
  clientOf,
  newEmail,
  PASSWORD,
  type Running,
  type SignInServer,
  signedUp,
  whoAmI,
} from '../../../test/support/signin-client.ts'
import { follow, mailTo, pkceClientOf } from '../../../test/support/signin-mail.ts'
import { ownLimiter, startSignInServer } from '../../../test/support/signin-server.ts'

const NEW_PASSWORD = 'another horse battery'

/** What people change of their accounts. */
export function accountCases(running: () => Running): void {
  const server = () => running().server
  const signIn = (email: string, password: string, at: SignInServer = server()) =>
    clientOf(at).auth.signInWithPassword({ email, password })

  /** Follows a link and goes on with the session it brings. */
  async function sessionOf(link: string, at: SignInServer = server()) {
    const { access_token = '', refresh_token = '' } = (await follow(link)).fragment
    const client = clientOf(at)
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

    test('is refused with a code that was mailed to somebody else', async () => {
      const ana = await signedUp(server())
      const ben = await signedUp(server())
      await ana.client.auth.reauthenticate()
      const { code } = await mailTo(server(), ana.email, 'reauthentication')
      const { error } = await ben.client.auth.updateUser({ password: NEW_PASSWORD, nonce: code })
      expect(error).toMatchObject({ code: 'reauthentication_not_valid' })
    })
  })

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
