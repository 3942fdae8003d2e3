import { describe, expect, test } from 'vitest'
import { clientOf, newEmail, PASSWORD, type Running, signedUp } from '../../../test/support/signin-client.ts'
import { follow, mailTo } from '../../../test/support/signin-mail.ts'
import { ownLimiter, startSignInServer, unlimited } from '../../../test/support/signin-server.ts'

/** Signing in by a mailed link or code. */
export function otpCases(running: () => Running): void {
  describe('signInWithOtp', () => {
    const server = () => running().server

    test('makes somebody new known, who signs in by the link', async () => {
      const email = newEmail()
      const options = { data: { name: 'Ada' } }
      const { error } = await clientOf(server()).auth.signInWithOtp({ email, options })
      expect(error).toBeNull()
      const { fragment } = await follow((await mailTo(server(), email, 'magiclink')).link)
      expect(fragment).toMatchObject({ type: 'magiclink', token_type: 'bearer', expires_in: '3600' })
      const { access_token = '', refresh_token = '' } = fragment
      const client = clientOf(server())
      const { data } = await client.auth.setSession({ access_token, refresh_token })
      expect(data.user).toMatchObject({ email, user_metadata: { name: 'Ada' } })
      expect((await client.auth.getClaims()).data?.claims.amr).toMatchObject([{ method: 'otp' }])
    })

    test('signs a known person in by the code, which works once, and so does not the link any more', async () => {
      const { email, userId } = await signedUp(server())
      await clientOf(server()).auth.signInWithOtp({ email })
      const mail = await mailTo(server(), email, 'magiclink')
      expect(mail.code).toMatch(/^\d{6}$/)
      const verify = () => clientOf(server()).auth.verifyOtp({ email, token: mail.code, type: 'email' })
      const { data, error } = await verify()
      expect(error).toBeNull()
      expect(data.user?.id).toBe(userId)
      expect((await verify()).error).toMatchObject({ status: 403, code: 'otp_expired' })
      expect((await follow(mail.link)).fragment).toMatchObject({
        error: 'access_denied',
        error_code: 'otp_expired',
        error_description: 'Email link is invalid or has expired',
      })
    })

    test('a token hash is verified without an address', async () => {
      const { email, userId } = await signedUp(server())
      await clientOf(server()).auth.signInWithOtp({ email })
      const token_hash = new URL((await mailTo(server(), email, 'magiclink')).link).searchParams.get('token')
      const { data } = await clientOf(server()).auth.verifyOtp({
        token_hash: token_hash ?? '',
        type: 'email',
      })
      expect(data.session?.user.id).toBe(userId)
    })

    test('of twenty uses of one link or code at once, one gets a session', async () => {
      const { email } = await signedUp(server())
      const patient = await startSignInServer(running().database.db, { limiter: unlimited })
      try {
        await clientOf(patient).auth.signInWithOtp({ email })
        const mail = await mailTo(patient, email, 'magiclink')
        const followed = await Promise.all(Array.from({ length: 20 }, () => follow(mail.link)))
        expect(followed.filter(({ fragment }) => fragment.access_token)).toHaveLength(1)
        await clientOf(patient).auth.signInWithOtp({ email })
        const { code } = await mailTo(patient, email, 'magiclink', mail)
        const verified = await Promise.all(
          Array.from({ length: 20 }, () =>
            clientOf(patient).auth.verifyOtp({ email, token: code, type: 'email' }),
          ),
        )
        expect(verified.filter(({ data }) => data.session)).toHaveLength(1)
      } finally {
        await patient.stop()
      }
    })

    test('a code is worth nothing after five wrong ones, even at once; the link still works', async () => {
      const { email } = await signedUp(server())
      await clientOf(server()).auth.signInWithOtp({ email })
      const mail = await mailTo(server(), email, 'magiclink')
      const wrong = mail.code === '000000' ? '000001' : '000000'
      const tried = await Promise.all(
        Array.from({ length: 5 }, () =>
          clientOf(server()).auth.verifyOtp({ email, token: wrong, type: 'email' }),
        ),
      )
      for (const { error } of tried) expect(error).toMatchObject({ status: 403, code: 'otp_expired' })
      const right = await clientOf(server()).auth.verifyOtp({ email, token: mail.code, type: 'email' })
      expect(right.error).toMatchObject({ code: 'otp_expired' })
      expect((await follow(mail.link)).fragment.access_token).toBeTruthy()
    })

    test('codes for one address are counted, whether or not there is an account', async () => {
      const email = newEmail()
      const codes: unknown[] = []
      for (let n = 0; n < 21; n += 1) {
        const { error } = await clientOf(server()).auth.verifyOtp({ email, token: '123456', type: 'email' })
        codes.push(error?.code)
      }
      expect(codes.slice(0, 20)).toEqual(Array(20).fill('otp_expired'))
      expect(codes[20]).toBe('over_request_rate_limit')
    })

    test('a stranger who uses up the tries for an address leaves its owner theirs', async () => {
      const { email, client } = await signedUp(server())
      const tryFrom = (address: string, code = '000000') =>
        server()
          .accounts.verify('email', { email, code }, { userAgent: null, address })
          .catch(({ code }: { code: string }) => code)
      for (let n = 0; n < 20; n += 1) await tryFrom('203.0.113.1')
      expect(await tryFrom('203.0.113.1')).toBe('over_request_rate_limit')
      await client.auth.signInWithOtp({ email })
      const { code } = await mailTo(server(), email, 'magiclink')
      expect(await tryFrom('203.0.113.2', code)).toMatchObject({ kind: 'session' })
    })

    test('however many addresses try the codes of one, there is a bound', async () => {
      const own = await startSignInServer(running().database.db, { limiter: ownLimiter() })
      try {
        const email = newEmail()
        const tryFrom = (n: number) =>
          own.accounts
            .verify('email', { email, code: '000000' }, { userAgent: null, address: `203.0.113.${n}` })
            .catch(({ code }: { code: string }) => code)
        const answers: unknown[] = []
        for (let n = 0; n < 101; n += 1) answers.push(await tryFrom(n))
        expect(answers.slice(0, 100)).toEqual(Array(100).fill('otp_expired'))
        expect(answers[100]).toBe('over_request_rate_limit')
      } finally {
        await own.stop()
      }
    })

    test('with shouldCreateUser false nobody is made known', async () => {
      const email = newEmail()
      const options = { shouldCreateUser: false }
      const { error } = await clientOf(server()).auth.signInWithOtp({ email, options })
      expect(error).toMatchObject({ status: 422, code: 'otp_disabled' })
      const people = await running().database.db.query('select from auth.users where email = $1', [email])
      expect(people).toHaveLength(0)
    })

    test('an expired link and code do nothing', async () => {
      const { email } = await signedUp(server())
      await clientOf(server()).auth.signInWithOtp({ email })
      const mail = await mailTo(server(), email, 'magiclink')
      await running().database.db.query(
        `update auth.one_time_tokens set created_at = now() - interval '61 minutes' where relates_to = $1`,
        [email],
      )
      const { error } = await clientOf(server()).auth.verifyOtp({ email, token: mail.code, type: 'email' })
      expect(error).toMatchObject({ code: 'otp_expired' })
      expect((await follow(mail.link)).fragment.error_code).toBe('otp_expired')
    })

    test('the database holds neither link nor code', async () => {
      const { email } = await signedUp(server())
      await clientOf(server()).auth.signInWithOtp({ email })
      const mail = await mailTo(server(), email, 'magiclink')
      const [row] = await running().database.db.query<{ text: string; code_hash: string }>(
        `select to_jsonb(t)::text as text, code_hash from auth.one_time_tokens t where relates_to = $1`,
        [email],
      )
      expect(row?.code_hash).toMatch(/^[0-9a-f]{64}$/)
      expect(row?.text).not.toContain(mail.code)
      expect(row?.text).not.toContain(new URL(mail.link).searchParams.get('token'))
    })

    test('a password set before anyone confirmed the address does not outlive a sign-in by mail', async () => {
      const strict = await startSignInServer(running().database.db, { autoConfirm: false })
      try {
        const email = newEmail()
        await clientOf(strict).auth.signUp({ email, password: PASSWORD })
        const first = await mailTo(strict, email, 'signup')
        await clientOf(strict).auth.signInWithOtp({ email })
        const { code } = await mailTo(strict, email, 'signup', first)
        const { error } = await clientOf(strict).auth.verifyOtp({ email, token: code, type: 'email' })
        expect(error).toBeNull()
        const before = await clientOf(strict).auth.signInWithPassword({ email, password: PASSWORD })
        expect(before.error).toMatchObject({ code: 'invalid_credentials' })
      } finally {
        await strict.stop()
      }
    })

    test('phone numbers are refused in GoTrue’s words', async () => {
      const auth = () => clientOf(server()).auth
      const phone = '+15551234567'
      expect((await auth().signInWithOtp({ phone })).error).toMatchObject({
        status: 400,
        code: 'phone_provider_disabled',
      })
      expect((await auth().signUp({ phone, password: PASSWORD })).error).toMatchObject({
        code: 'phone_provider_disabled',
      })
      expect((await auth().verifyOtp({ phone, token: '123456', type: 'sms' })).error).toMatchObject({
        status: 403,
        code: 'otp_expired',
      })
      expect((await auth().resend({ type: 'sms', phone })).error).toMatchObject({
        code: 'phone_provider_disabled',
      })
    })
  })
}
