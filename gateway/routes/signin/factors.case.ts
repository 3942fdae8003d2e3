import { TOTP } from 'otpauth'
import { describe, expect, test } from 'vitest'
import {
  adminOf,
  clientOf,
  PASSWORD,
  type Running,
  signedUp,
  whoAmI,
} from '../../../test/support/signin-client.ts'

/** A code of the step so many away from now; only a later one than the last is taken. */
const codeOf = (secret: string, steps = 0) =>
  new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 })

/** Second factors, as an unmodified client enrols, proves and removes them. */
export function factorCases(running: () => Running): void {
  describe('auth.mfa', () => {
    async function withFactor() {
      const person = await signedUp(running().server)
      const { data, error } = await person.client.auth.mfa.enroll({
        factorType: 'totp',
        friendlyName: 'phone',
      })
      if (error) throw error
      return { ...person, factorId: data.id, secret: data.totp.secret, enrolled: data }
    }

    async function withVerifiedFactor() {
      const person = await withFactor()
      const { factorId, secret, client } = person
      const { data, error } = await client.auth.mfa.challengeAndVerify({ factorId, code: codeOf(secret, -1) })
      if (error) throw error
      return { ...person, verified: data }
    }

    test('enrolling shows secret, address and picture once; the database keeps no secret to read', async () => {
      const { enrolled, secret, client, factorId } = await withFactor()
      expect(enrolled).toMatchObject({ type: 'totp', friendly_name: 'phone' })
      expect(enrolled.totp.qr_code).toMatch(/^data:image\/svg\+xml;utf-8,<svg/)
      expect(enrolled.totp.uri).toContain(`secret=${secret}`)
      const rows = await running().database.db.query('select * from auth.mfa_factors where id = $1', [
        factorId,
      ])
      expect(JSON.stringify(rows)).not.toContain(secret)
      const { data } = await client.auth.mfa.listFactors()
      expect(data).toMatchObject({ all: [{ id: factorId, status: 'unverified' }], totp: [] })
      expect(JSON.stringify((await client.auth.getUser()).data)).not.toContain(secret)
    })

    test('a right code makes the session one of two factors, and so do its refreshes', async () => {
      const { client, factorId, verified } = await withVerifiedFactor()
      expect(verified.user.factors).toMatchObject([
        { id: factorId, status: 'verified', friendly_name: 'phone' },
      ])
      const level = async () => (await client.auth.mfa.getAuthenticatorAssuranceLevel()).data
      expect(await level()).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' })
      expect(
        (await level())?.currentAuthenticationMethods.map((one) => (one as { method: string }).method),
      ).toEqual(['totp', 'password'])
      expect((await client.auth.refreshSession()).error).toBeNull()
      expect(await level()).toMatchObject({ currentLevel: 'aal2' })
      expect((await client.auth.mfa.listFactors()).data?.totp).toHaveLength(1)
    })

    test('a new sign-in knows one factor until the second is proved', async () => {
      const { email, factorId, secret } = await withVerifiedFactor()
      const client = clientOf(running().server)
      const { data } = await client.auth.signInWithPassword({ email, password: PASSWORD })
      expect((await client.auth.mfa.getAuthenticatorAssuranceLevel()).data).toMatchObject({
        currentLevel: 'aal1',
        nextLevel: 'aal2',
      })
      const me = await whoAmI(running().server, data.session?.access_token)
      expect([me.status, await me.json()]).toEqual([403, { code: 'second_factor_required' }])
      const enrolment = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'another' })
      expect(enrolment.error).toMatchObject({ status: 403, code: 'insufficient_aal' })
      const removal = await client.auth.mfa.unenroll({ factorId })
      expect(removal.error).toMatchObject({ status: 422, code: 'insufficient_aal' })
      const proved = await client.auth.mfa.challengeAndVerify({ factorId, code: codeOf(secret) })
      expect(proved.error).toBeNull()
      expect((await whoAmI(running().server, proved.data?.access_token)).status).toBe(200)
      expect((await client.auth.mfa.unenroll({ factorId })).data).toEqual({ id: factorId })
      const { session } = (await client.auth.refreshSession()).data
      expect((await whoAmI(running().server, session?.access_token)).status).toBe(200)
      expect((await client.auth.mfa.getAuthenticatorAssuranceLevel()).data).toMatchObject({
        currentLevel: 'aal1',
        nextLevel: 'aal1',
      })
    })

    test('the owner’s machine vouches for them, second factor and all', async () => {
      const { userId } = await withVerifiedFactor()
      const client = { userAgent: null, address: null }
      const { access_token } = await running().server.accounts.signInAs(userId, client)
      expect((await whoAmI(running().server, access_token)).status).toBe(200)
    })

    test('proving a factor ends the sessions that know only one', async () => {
      const { client, email, factorId, secret } = await withFactor()
      const other = clientOf(running().server)
      const { data } = await other.auth.signInWithPassword({ email, password: PASSWORD })
      await client.auth.mfa.challengeAndVerify({ factorId, code: codeOf(secret) })
      expect((await whoAmI(running().server, data.session?.access_token)).status).toBe(401)
    })

    test('a client that lost the answer goes on by refreshing, and a stolen old token still ends the session', async () => {
      const { session, verified } = await withVerifiedFactor()
      const refresh = async (refresh_token: string) =>
        (await clientOf(running().server).auth.refreshSession({ refresh_token })).data.session?.refresh_token
      expect(await refresh(session.refresh_token)).toBe(verified.refresh_token)
      expect(await refresh(verified.refresh_token)).toBeTruthy()
      expect(await refresh(session.refresh_token)).toBeUndefined()
      expect((await whoAmI(running().server, verified.access_token)).status).toBe(401)
    })

    test('beside a verified factor a new one is verified only by a session that proved both', async () => {
      const { client, factorId, secret, email } = await withFactor()
      const second = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'another' })
      await running().database.db.query(`update auth.mfa_factors set status = 'verified' where id = $1`, [
        factorId,
      ])
      const other = clientOf(running().server)
      await other.auth.signInWithPassword({ email, password: PASSWORD })
      const another = { factorId: second.data?.id ?? '', code: codeOf(second.data?.totp?.secret ?? '') }
      const refused = await other.auth.mfa.challengeAndVerify(another)
      expect(refused.error).toMatchObject({ status: 403, code: 'insufficient_aal' })
      const owner = await other.auth.mfa.challengeAndVerify({ factorId, code: codeOf(secret) })
      expect(owner.error).toBeNull()
    })

    test('of two factors verified at once from two sessions, one counts', async () => {
      const { client, factorId, secret, email } = await withFactor()
      const other = clientOf(running().server)
      await other.auth.signInWithPassword({ email, password: PASSWORD })
      const { data } = await other.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'another' })
      const answers = await Promise.all([
        client.auth.mfa.challengeAndVerify({ factorId, code: codeOf(secret) }),
        other.auth.mfa.challengeAndVerify({
          factorId: data?.id ?? '',
          code: codeOf(data?.totp?.secret ?? ''),
        }),
      ])
      expect(answers.filter(({ error }) => error === null)).toHaveLength(1)
      expect(running().server.failures).toEqual([])
    })

    test('names too long for a picture are refused, and nothing is enrolled', async () => {
      const { client } = await signedUp(running().server)
      const [long, longest] = ['ü'.repeat(33), 'ü'.repeat(32)]
      for (const names of [{ issuer: long }, { friendlyName: long }, { issuer: 'ü'.repeat(200) }]) {
        const { error } = await client.auth.mfa.enroll({ factorType: 'totp', ...names })
        expect(error).toMatchObject({ status: 400, code: 'validation_failed' })
      }
      expect((await client.auth.mfa.listFactors()).data?.all).toEqual([])
      const fits = await client.auth.mfa.enroll({
        factorType: 'totp',
        issuer: longest,
        friendlyName: longest,
      })
      expect(fits.error).toBeNull()
    })

    test('a code counts once, and an older one not at all', async () => {
      const { client, factorId, secret } = await withFactor()
      const tryCode = async (code: string) =>
        (await client.auth.mfa.challengeAndVerify({ factorId, code })).error?.code
      const [before, now, after] = [codeOf(secret, -1), codeOf(secret), codeOf(secret, 1)]
      expect(await tryCode(now)).toBeUndefined()
      expect(await tryCode(now)).toBe('mfa_verification_failed')
      expect(await tryCode(before)).toBe('mfa_verification_failed')
      expect(await tryCode(after)).toBeUndefined()
    })

    test('one code sent many times at once is taken once', async () => {
      const { client, factorId, secret } = await withFactor()
      const { data } = await client.auth.mfa.challenge({ factorId })
      const challengeId = data?.id ?? ''
      const code = codeOf(secret)
      const { session } = (await client.auth.getSession()).data
      const answers = await Promise.all(
        Array.from({ length: 6 }, () =>
          fetch(`${running().server.url}/auth/v1/factors/${factorId}/verify`, {
            method: 'POST',
            headers: { authorization: `Bearer ${session?.access_token}` },
            body: JSON.stringify({ challenge_id: challengeId, code }),
          }),
        ),
      )
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    })

    test('after five wrong codes the right one is not looked at either, for five minutes', async () => {
      const { client, factorId, secret } = await withFactor()
      const tryCode = async (code: string) =>
        (await client.auth.mfa.challengeAndVerify({ factorId, code })).error?.code
      const wrong = codeOf(secret) === '000000' ? '000001' : '000000'
      for (let tries = 0; tries < 5; tries += 1) expect(await tryCode(wrong)).toBe('mfa_verification_failed')
      expect(await tryCode(codeOf(secret))).toBe('over_request_rate_limit')
      await running().database.db.query(
        `update auth.mfa_code_guards set first_failure_at = now() - interval '6 minutes' where factor_id = $1`,
        [factorId],
      )
      expect(await tryCode(codeOf(secret))).toBeUndefined()
    })

    test('a challenge waits five minutes, and is answered once', async () => {
      const { client, factorId, secret } = await withFactor()
      const { data } = await client.auth.mfa.challenge({ factorId })
      const challengeId = data?.id ?? ''
      expect((data?.expires_at ?? 0) - Date.now() / 1000).toBeGreaterThan(290)
      await running().database.db.query(
        `update auth.mfa_challenges set created_at = now() - interval '6 minutes' where id = $1`,
        [challengeId],
      )
      const late = await client.auth.mfa.verify({ factorId, challengeId, code: codeOf(secret) })
      expect(late.error).toMatchObject({ status: 422, code: 'mfa_challenge_expired' })
      const next = (await client.auth.mfa.challenge({ factorId })).data?.id ?? ''
      expect(
        (await client.auth.mfa.verify({ factorId, challengeId: next, code: codeOf(secret) })).error,
      ).toBeNull()
      const again = await client.auth.mfa.verify({ factorId, challengeId: next, code: codeOf(secret, 1) })
      expect(again.error).toMatchObject({ status: 422, code: 'mfa_ip_address_mismatch' })
    })

    test('another’s factor is not there', async () => {
      const { factorId, secret } = await withVerifiedFactor()
      const { client } = await signedUp(running().server)
      const answers = [
        await client.auth.mfa.challenge({ factorId }),
        await client.auth.mfa.verify({ factorId, challengeId: factorId, code: codeOf(secret) }),
        await client.auth.mfa.unenroll({ factorId }),
      ]
      for (const { error } of answers)
        expect(error).toMatchObject({ status: 404, code: 'mfa_factor_not_found' })
    })

    test('one name is one factor, and there are ten at most', async () => {
      const { client } = await withFactor()
      const enrol = async (friendlyName: string) =>
        (await client.auth.mfa.enroll({ factorType: 'totp', friendlyName })).error?.code
      expect(await enrol('phone')).toBe('mfa_factor_name_conflict')
      for (let place = 2; place <= 10; place += 1) expect(await enrol(`phone ${place}`)).toBeUndefined()
      expect(await enrol('one more')).toBe('too_many_enrolled_mfa_factors')
    })

    test('phones and passkeys are not offered', async () => {
      const { client } = await signedUp(running().server)
      const phone = await client.auth.mfa.enroll({ factorType: 'phone', phone: '+15550100003' })
      expect(phone.error).toMatchObject({ status: 422, code: 'mfa_phone_enroll_not_enabled' })
      const passkey = await client.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'key' })
      expect(passkey.error).toMatchObject({ status: 422, code: 'mfa_webauthn_enroll_not_enabled' })
    })

    test('an administrator sees a person’s factors and takes one away', async () => {
      const { userId, factorId } = await withVerifiedFactor()
      const { mfa } = adminOf(running().server)
      expect((await mfa.listFactors({ userId })).data?.factors).toMatchObject([{ id: factorId }])
      expect((await mfa.deleteFactor({ userId, id: factorId })).error).toBeNull()
      expect((await mfa.listFactors({ userId })).data?.factors).toEqual([])
      const gone = await mfa.deleteFactor({ userId, id: factorId })
      expect(gone.error).toMatchObject({ status: 404, code: 'mfa_factor_not_found' })
      const entries = await running().database.db.query<{ kind: string; data: object }>(
        `select kind, data from public.audit_entries where kind like 'user.unenrol.%' order by seq`,
      )
      expect(entries).toMatchObject([
        { kind: 'user.unenrol.start', data: { status: 'verified' } },
        { kind: 'user.unenrol.end', data: { outcome: 'ok' } },
      ])
    })
  })
}
