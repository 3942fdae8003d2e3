import { createClient } from '@supabase/supabase-js'
import { describe, expect, test } from 'vitest'
import {
  clientOf,
  memoryStorage,
  newEmail,
  PASSWORD,
  type Running,
  signedUp,
  whoAmI,
} from '../../../test/support/signin-client.ts'

/** Sessions that go on. */
export function refreshCases(running: () => Running): void {
  describe('refreshing a session', () => {
    test('a session outlives its client, and refreshing rotates its token', async () => {
      const storage = memoryStorage()
      const options = { auth: { storage, autoRefreshToken: false, storageKey: 'kept' } }
      const first = createClient(running().server.url, running().server.keys.anonKey, options)
      await first.auth.signUp({ email: newEmail(), password: PASSWORD })
      const second = createClient(running().server.url, running().server.keys.anonKey, options)
      const before = (await second.auth.getSession()).data.session
      const { data, error } = await second.auth.refreshSession()
      expect(error).toBeNull()
      expect(data.session?.refresh_token).not.toBe(before?.refresh_token)
      expect((await second.auth.getUser()).data.user?.id).toBe(before?.user.id)
      const amr = (await second.auth.getClaims()).data?.claims.amr
      expect(amr).toMatchObject([{ method: 'password' }])
    })

    test('a lost answer to a refresh may be asked for again; an older token ends the session', async () => {
      const { client, session } = await signedUp(running().server)
      const exchange = (refresh_token: string) => client.auth.refreshSession({ refresh_token })
      const second = (await exchange(session.refresh_token)).data.session
      const again = (await exchange(session.refresh_token)).data.session
      expect(again?.refresh_token).toBe(second?.refresh_token)
      const third = (await exchange(second?.refresh_token ?? '')).data.session
      const stolen = await exchange(session.refresh_token)
      expect(stolen.error).toMatchObject({ status: 400, code: 'refresh_token_already_used' })
      const victim = await exchange(third?.refresh_token ?? '')
      expect(victim.error).toMatchObject({ status: 400, code: 'refresh_token_already_used' })
      const me = await whoAmI(running().server, third?.access_token)
      expect(me.status).toBe(401)
    })

    test('many refreshes at once of one token all receive the same next token', async () => {
      const { client, session } = await signedUp(running().server)
      const results = await Promise.all(
        Array.from({ length: 8 }, () => client.auth.refreshSession({ refresh_token: session.refresh_token })),
      )
      expect(new Set(results.map(({ data }) => data.session?.refresh_token)).size).toBe(1)
      expect(results.every(({ error }) => error === null)).toBe(true)
    })

    test('an unknown refresh token is refused', async () => {
      const { error } = await clientOf(running().server).auth.refreshSession({
        refresh_token: 'never-issued',
      })
      expect(error).toMatchObject({ status: 400, code: 'refresh_token_not_found' })
    })
  })
}
