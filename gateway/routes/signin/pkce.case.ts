import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newEmail, type Running, signedUp, whoAmI } from '../../../test/support/signin-client.ts'
import { follow, mailTo, pkceClientOf } from '../../../test/support/signin-mail.ts'

/** Sign-ins that are finished by the program which began them. */
export function pkceCases(running: () => Running): void {
  const server = () => running().server

  describe('PKCE', () => {
    test('the browser brings a code, and only the program that began gets the session', async () => {
      const { email, userId } = await signedUp(server())
      const client = pkceClientOf(server())
      const options = { emailRedirectTo: `${server().url}/callback?next=chat` }
      expect((await client.auth.signInWithOtp({ email, options })).error).toBeNull()
      const mail = await mailTo(server(), email, 'magiclink')
      expect(new URL(mail.link).searchParams.get('token')).toMatch(/^pkce_/)
      const { status, target, query, fragment } = await follow(mail.link)
      expect(status).toBe(303)
      expect(target.pathname).toBe('/callback')
      expect(query.next).toBe('chat')
      expect(fragment).toEqual({})
      const code = query.code ?? ''
      const stranger = await exchange(code, randomUUID())
      expect(stranger).toMatchObject({ status: 400, code: 'bad_code_verifier' })
      const { data, error } = await client.auth.exchangeCodeForSession(code, query.flow_id ? {} : undefined)
      expect(error).toBeNull()
      expect(data.user?.id).toBe(userId)
      expect((await client.auth.getClaims()).data?.claims.amr).toMatchObject([{ method: 'magiclink' }])
      expect(await exchange(code, randomUUID())).toMatchObject({ status: 404, code: 'flow_state_not_found' })
    })

    const exchange = async (auth_code: string, code_verifier: string) => {
      const answer = await fetch(`${server().url}/auth/v1/token?grant_type=pkce`, {
        method: 'POST',
        headers: { 'x-supabase-api-version': '2024-01-01' },
        body: JSON.stringify({ auth_code, code_verifier }),
      })
      return { status: answer.status, ...((await answer.json()) as { code: string }) }
    }

    test('a code is good for five minutes', async () => {
      const { email } = await signedUp(server())
      const client = pkceClientOf(server())
      await client.auth.signInWithOtp({ email })
      const { query } = await follow((await mailTo(server(), email, 'magiclink')).link)
      await running().database.db.query(
        `update auth.flow_state set auth_code_issued_at = now() - interval '6 minutes'
        where user_id = (select id from auth.users where email = $1)`,
        [email],
      )
      const { error } = await client.auth.exchangeCodeForSession(query.code ?? '')
      expect(error).toMatchObject({ status: 403, code: 'flow_state_expired' })
    })

    test('a failure comes in the query too, where such a program looks', async () => {
      const { email } = await signedUp(server())
      await pkceClientOf(server()).auth.signInWithOtp({ email })
      const { link } = await mailTo(server(), email, 'magiclink')
      await follow(link)
      const { query, fragment } = await follow(link)
      expect(query).toMatchObject({ error: 'access_denied', error_code: 'otp_expired' })
      expect(fragment).toMatchObject({ error: 'access_denied', error_code: 'otp_expired' })
    })

    test('half a challenge, or a malformed one, is refused', async () => {
      for (const challenge of [
        { code_challenge: 'a'.repeat(43) },
        { code_challenge_method: 's256' },
        { code_challenge: 'short', code_challenge_method: 's256' },
        { code_challenge: `${'a'.repeat(43)}!`, code_challenge_method: 's256' },
        { code_challenge: 'a'.repeat(43), code_challenge_method: 'md5' },
      ]) {
        for (const path of ['otp', 'recover', 'magiclink']) {
          const answer = await fetch(`${server().url}/auth/v1/${path}`, {
            method: 'POST',
            body: JSON.stringify({ email: newEmail(), ...challenge }),
          })
          expect(answer.status, JSON.stringify(challenge)).toBe(400)
          expect(answer.headers.get('x-sb-error-code')).toBe('validation_failed')
        }
      }
    })

    test('a session of one flow is a session like any other', async () => {
      const email = newEmail()
      const client = pkceClientOf(server())
      await client.auth.signInWithOtp({ email })
      const { query } = await follow((await mailTo(server(), email, 'magiclink')).link)
      const { data } = await client.auth.exchangeCodeForSession(query.code ?? '')
      const me = await whoAmI(server(), data.session?.access_token)
      expect(await me.json()).toMatchObject({ email, creator: false })
    })
  })
}
