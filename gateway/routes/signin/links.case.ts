import { readFile, stat } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { mailPath } from '../../../src/signin/mail/folder.ts'
import { clientOf, newEmail, PASSWORD, type Running, whoAmI } from '../../../test/support/signin-client.ts'
import { follow, mailTo } from '../../../test/support/signin-mail.ts'
import { startSignInServer, unlimited } from '../../../test/support/signin-server.ts'

/** One-time links. */
export function linkCases(running: () => Running): void {
  describe('one-time links', () => {
    test('the creator signs in by a one-time link, once', async () => {
      const creator = running().server.people.creatorId ?? ''
      const link = await running().server.accounts.oneTimeSignIn(creator)
      expect((await fetch(link, { method: 'HEAD', redirect: 'manual' })).status).toBe(405)
      const first = await fetch(link, { redirect: 'manual' })
      expect(first.status).toBe(303)
      const target = new URL(first.headers.get('location') ?? '')
      expect(target.origin).toBe(running().server.url)
      const token = new URLSearchParams(target.hash.slice(1)).get('access_token')
      const me = await whoAmI(running().server, token)
      expect(await me.json()).toMatchObject({
        userId: creator,
        creator: true,
        email: 'owner@helix.localhost',
      })
      const second = await fetch(link, { redirect: 'manual' })
      expect(second.headers.get('location')).toContain('error_code=otp_expired')
    })

    test('a link never sends tokens to a foreign page', async () => {
      const creator = running().server.people.creatorId ?? ''
      const follow = async (redirect: string) => {
        const link = new URL(await running().server.accounts.oneTimeSignIn(creator))
        link.searchParams.set('redirect_to', redirect)
        return (await fetch(link, { redirect: 'manual' })).headers.get('location') ?? ''
      }
      for (const foreign of [
        'https://evil.example/',
        `${running().server.url}@evil.example/`,
        '//evil.example',
        'javascript:1',
      ]) {
        expect(await follow(foreign)).toMatch(new RegExp(`^${running().server.url}/#`))
      }
      expect(await follow('tauri://localhost/x')).toMatch(/^tauri:\/\/localhost\/x#access_token=/)
    })

    test('with confirmation: no session before the mailed link, and no password that two disagree about', async () => {
      const strict = await startSignInServer(running().database.db, { autoConfirm: false })
      try {
        const email = newEmail()
        const client = clientOf(strict)
        const options = { data: { name: 'Ada' } }
        const { data, error } = await client.auth.signUp({ email, password: PASSWORD, options })
        expect(error).toBeNull()
        expect(data.session).toBeNull()
        expect(data.user).toMatchObject({ email, confirmation_sent_at: expect.any(String) })
        const early = await client.auth.signInWithPassword({ email, password: PASSWORD })
        expect(early.error).toMatchObject({ status: 400, code: 'email_not_confirmed' })
        const intruder = await clientOf(strict).auth.signUp({ email, password: 'an intruder’s password' })
        expect(intruder.data.user?.user_metadata).toEqual({})
        const path = mailPath(strict.dataDir, { to: email, kind: 'signup' })
        expect((await stat(path)).mode & 0o777).toBe(0o600)
        const mail = JSON.parse(await readFile(path, 'utf8'))
        const answer = await fetch(mail.link, { redirect: 'manual' })
        expect(answer.headers.get('location')).toMatch(/#access_token=.*type=signup/)
        for (const password of [PASSWORD, 'an intruder’s password']) {
          const { error: refused } = await client.auth.signInWithPassword({ email, password })
          expect(refused).toMatchObject({ code: 'invalid_credentials' })
        }
        const taken = await client.auth.signUp({ email, password: PASSWORD })
        expect(taken.error).toBeNull()
        expect(taken.data.user?.id).not.toBe(data.user?.id)
      } finally {
        await strict.stop()
      }
    })

    test('whoever signs up again gets the password they chose with their own mail, and no earlier one', async () => {
      const strict = await startSignInServer(running().database.db, {
        autoConfirm: false,
        limiter: unlimited,
      })
      try {
        const email = newEmail()
        await clientOf(strict).auth.signUp({ email, password: 'an intruder’s password' })
        const intruders = await mailTo(strict, email, 'signup')
        const options = { data: { name: 'Ada' } }
        await clientOf(strict).auth.signUp({ email, password: PASSWORD, options })
        const own = await mailTo(strict, email, 'signup', intruders)
        expect((await follow(intruders.link)).fragment.error_code).toBe('otp_expired')
        expect((await follow(own.link)).fragment.type).toBe('signup')
        const signIn = (password: string) => clientOf(strict).auth.signInWithPassword({ email, password })
        expect((await signIn('an intruder’s password')).error).toMatchObject({ code: 'invalid_credentials' })
        expect((await signIn(PASSWORD)).data.user?.user_metadata).toEqual({ name: 'Ada' })
        await clientOf(strict).auth.signUp({ email, password: 'an intruder’s password' })
        expect((await signIn(PASSWORD)).error).toBeNull()
      } finally {
        await strict.stop()
      }
    })

    test('the same sign-up sent twice within the minute keeps its password', async () => {
      const strict = await startSignInServer(running().database.db, { autoConfirm: false })
      try {
        const email = newEmail()
        await clientOf(strict).auth.signUp({ email, password: PASSWORD })
        await clientOf(strict).auth.signUp({ email, password: PASSWORD })
        await follow((await mailTo(strict, email, 'signup')).link)
        const { error } = await clientOf(strict).auth.signInWithPassword({ email, password: PASSWORD })
        expect(error).toBeNull()
      } finally {
        await strict.stop()
      }
    })

    test('a confirmation is mailed again, and only while it is of use', async () => {
      const strict = await startSignInServer(running().database.db, {
        autoConfirm: false,
        limiter: unlimited,
      })
      try {
        const email = newEmail()
        await clientOf(strict).auth.signUp({ email, password: PASSWORD })
        const first = await mailTo(strict, email, 'signup')
        expect((await clientOf(strict).auth.resend({ type: 'signup', email })).error).toBeNull()
        const second = await mailTo(strict, email, 'signup', first)
        expect((await follow(first.link)).fragment.error_code).toBe('otp_expired')
        expect((await follow(second.link)).fragment.type).toBe('signup')
        expect((await clientOf(strict).auth.resend({ type: 'signup', email })).error).toBeNull()
        await new Promise((resolve) => setTimeout(resolve, 300))
        expect((await mailTo(strict, email, 'signup')).code).toBe(second.code)
      } finally {
        await strict.stop()
      }
    })

    test('a code confirms a sign-up; a banned person gets no session by any', async () => {
      const strict = await startSignInServer(running().database.db, { autoConfirm: false })
      try {
        const email = newEmail()
        await clientOf(strict).auth.signUp({ email, password: PASSWORD })
        const { code: token } = await mailTo(strict, email, 'signup')
        const ban = (until: string) =>
          running().database.db.query(
            `update auth.users set banned_until = now() + $2::interval where email = $1`,
            [email, until],
          )
        await ban('1 hour')
        const banned = await clientOf(strict).auth.verifyOtp({ email, token, type: 'signup' })
        expect(banned.error).toMatchObject({ status: 403, code: 'user_banned' })
        await ban('-1 hour')
        const { data } = await clientOf(strict).auth.verifyOtp({ email, token, type: 'signup' })
        expect(data.user).toMatchObject({ email, email_confirmed_at: expect.any(String) })
      } finally {
        await strict.stop()
      }
    })

    test('a link of a kind there is not leads home with the reason', async () => {
      const { status, fragment } = await follow(`${running().server.url}/auth/v1/verify?type=sms&token=x`)
      expect(status).toBe(303)
      expect(fragment).toEqual({
        error: 'invalid_request',
        error_code: 'validation_failed',
        error_description: 'Invalid email verification type',
      })
    })
  })
}
