import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { type Running, signedUp } from '../../../test/support/signin-client.ts'

/** Who may administer: the holder of the service-role key, and nobody else. */
export function serviceRoleCases(running: () => Running): void {
  describe('routes under /admin', () => {
    const refusal = async (authorization?: string) => {
      const headers = { 'x-supabase-api-version': '2024-01-01', ...(authorization ? { authorization } : {}) }
      const answer = await fetch(`${running().server.url}/auth/v1/admin/nothing`, { headers })
      return { status: answer.status, ...((await answer.json()) as { code: string }) }
    }

    test('let the service-role key pass', async () => {
      const { keys } = running().server
      expect(await refusal(`Bearer ${keys.serviceRoleKey.reveal()}`)).toMatchObject({ status: 404 })
    })

    test('refuse a person whatever their role, the anon key, a key of somebody else and no key at all', async () => {
      const { keys } = running().server
      const { client, session } = await signedUp(running().server)
      const forged = await new SignJWT({ role: 'service_role' })
        .setProtectedHeader({ alg: 'HS256', kid: keys.kid })
        .setIssuer(keys.issuer)
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(JSON.stringify(keys.jwks.keys[0])))
      expect(await refusal(`Bearer ${session.access_token}`)).toMatchObject({
        status: 403,
        code: 'not_admin',
      })
      await running().database.db.query(`update auth.users set role = 'service_role' where id = $1`, [
        session.user.id,
      ])
      const { data: promoted } = await client.auth.refreshSession()
      expect((await client.auth.getClaims()).data?.claims.role).toBe('service_role')
      expect(await refusal(`Bearer ${promoted.session?.access_token}`)).toMatchObject({
        status: 403,
        code: 'not_admin',
      })
      expect(await refusal(`Bearer ${keys.anonKey}`)).toMatchObject({ status: 403, code: 'not_admin' })
      expect(await refusal(`Bearer ${forged}`)).toMatchObject({ status: 403, code: 'bad_jwt' })
      expect(await refusal()).toMatchObject({ status: 401, code: 'no_authorization' })
    })
  })
}
