import { describe, expect, test } from 'vitest'
import { HelixError } from '../../../src/errors.ts'
import type { Limiter } from '../../../src/limits/limiter.ts'
import type { SignInRates } from '../../../src/signin/limits.ts'
import { clientOf, newEmail, PASSWORD, type Running, signedUp } from '../../../test/support/signin-client.ts'
import { mailTo } from '../../../test/support/signin-mail.ts'
import { ownLimiter, startSignInServer, unlimited } from '../../../test/support/signin-server.ts'

const SOME_ID = '00000000-0000-4000-8000-000000000001'

/** What comes too often, and mails that cannot be sent. */
export function limitCases(running: () => Running): void {
  describe('limits', () => {
    const ask = (url: string, path: string, body: unknown = {}) =>
      fetch(`${url}/auth/v1/${path}`, {
        method: path === 'user' ? 'PUT' : 'POST',
        headers: { 'x-supabase-api-version': '2024-01-01' },
        body: JSON.stringify(body),
      })

    test.each<[keyof SignInRates, string]>([
      ['signUps', 'signup'],
      ['signIns', 'token?grant_type=password'],
      ['tokens', 'token?grant_type=refresh_token'],
      ['tokens', 'token?grant_type=pkce'],
      ['verifications', 'verify'],
      ['mailRequests', 'otp'],
      ['mailRequests', 'magiclink'],
      ['mailRequests', 'recover'],
      ['mailRequests', 'resend'],
      ['mailRequests', 'user'],
      ['factors', 'factors'],
      ['factors', `factors/${SOME_ID}/challenge`],
      ['factors', `factors/${SOME_ID}/verify`],
    ])('%s hold for /%s', async (rate, path) => {
      const { db } = running().database
      const options = { rates: { [rate]: 2 }, autoConfirm: false, limiter: ownLimiter() }
      const server = await startSignInServer(db, options)
      try {
        const statuses: number[] = []
        const body = () => ({ email: newEmail(), password: PASSWORD, refresh_token: 'x', type: 'signup' })
        for (let n = 0; n < 2; n += 1) statuses.push((await ask(server.url, path, body())).status)
        expect(statuses).not.toContain(429)
        const refused = await ask(server.url, path, body())
        expect(refused.status).toBe(429)
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
        expect(await refused.json()).toEqual({
          code: 'over_request_rate_limit',
          message: 'Request rate limit reached',
        })
      } finally {
        await server.stop()
      }
    })

    test('factors hold for a person, wherever they ask from, and for nobody else', async () => {
      const own = ownLimiter()
      const limiter: Limiter = {
        take: (policy, key) => (policy.name === 'auth_factors' ? unlimited : own).take(policy, key),
      }
      const { db } = running().database
      const server = await startSignInServer(db, { rates: { factors: 2 }, limiter })
      try {
        const [ana, ben] = [await signedUp(server), await signedUp(server)]
        const enrol = async ({ client }: typeof ana, friendlyName: string) =>
          (await client.auth.mfa.enroll({ factorType: 'totp', friendlyName })).error
        expect(await enrol(ana, 'one')).toBeNull()
        expect(await enrol(ana, 'two')).toBeNull()
        expect(await enrol(ana, 'three')).toMatchObject({ status: 429, code: 'over_request_rate_limit' })
        expect(await enrol(ben, 'one')).toBeNull()
      } finally {
        await server.stop()
      }
    })

    test('mails of one kind come a minute apart, for an address that is known and one that is not', async () => {
      const known = newEmail()
      await clientOf(running().server).auth.signUp({ email: known, password: PASSWORD })
      for (const email of [known, newEmail()]) {
        const send = () =>
          clientOf(running().server).auth.signInWithOtp({ email, options: { shouldCreateUser: true } })
        expect((await send()).error).toBeNull()
        expect((await send()).error).toMatchObject({
          status: 429,
          code: 'over_email_send_rate_limit',
          message: expect.stringMatching(
            /^For security purposes, you can only request this after \d+ seconds\.$/,
          ),
        })
      }
    })

    test('mails to everybody are counted, and what is over is told to who may know', async () => {
      const { db } = running().database
      const server = await startSignInServer(db, { rates: { mailsPerHour: 1 }, limiter: ownLimiter() })
      try {
        const first = newEmail()
        await clientOf(server).auth.signInWithOtp({ email: first })
        await mailTo(server, first, 'magiclink')
        expect((await clientOf(server).auth.signInWithOtp({ email: newEmail() })).error).toBeNull()
        await expect.poll(() => server.reports).toMatchObject([{ code: 'over_email_send_rate_limit' }])
        const { data } = await clientOf(server).auth.signUp({ email: newEmail(), password: PASSWORD })
        const changed = await fetch(`${server.url}/auth/v1/user`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${data.session?.access_token}` },
          body: JSON.stringify({ email: newEmail() }),
        })
        expect(changed.status).toBe(429)
      } finally {
        await server.stop()
      }
    })
  })

  describe('a mail server that is away', () => {
    const away = {
      check: () => Promise.reject(new HelixError('mail_failed', 'The SMTP server did not take a mail')),
      send: () => Promise.reject(new HelixError('mail_failed', 'The SMTP server did not take a mail')),
      close: async () => {},
    }

    test('is GoTrue’s error for everybody alike, without a stack', async () => {
      const server = await startSignInServer(running().database.db, { mailer: away, autoConfirm: false })
      try {
        const known = newEmail()
        await clientOf(running().server).auth.signUp({ email: known, password: PASSWORD })
        for (const email of [known, newEmail()]) {
          for (const [path, subject] of [
            ['otp', 'magic link'],
            ['recover', 'recovery'],
            ['resend', 'confirmation'],
            ['signup', 'confirmation'],
          ]) {
            const answer = await fetch(`${server.url}/auth/v1/${path}`, {
              method: 'POST',
              headers: { 'x-supabase-api-version': '2024-01-01' },
              body: JSON.stringify({ email, password: PASSWORD, type: 'signup' }),
            })
            expect(answer.status, path).toBe(500)
            expect(await answer.json()).toEqual({
              code: 'unexpected_failure',
              message: `Error sending ${subject} email`,
            })
          }
        }
        expect(server.reports.length).toBeGreaterThan(0)
        expect(String(server.reports)).not.toContain(known)
      } finally {
        await server.stop()
      }
    })
  })
}
