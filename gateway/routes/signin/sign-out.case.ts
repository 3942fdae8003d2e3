import { describe, expect, test } from 'vitest'
import { clientOf, PASSWORD, type Running, signedUp, whoAmI } from '../../../test/support/signin-client.ts'
import { startSignInServer } from '../../../test/support/signin-server.ts'

/** Sessions that end. */
export function signOutCases(running: () => Running): void {
  describe('signOut', () => {
    const tokenWorks = async (token: string) => {
      const me = await whoAmI(running().server, token)
      return me.status === 200
    }

    async function threeSessions() {
      const { email, client, session } = await signedUp(running().server)
      const others = await Promise.all(
        [1, 2].map(async () => {
          const other = clientOf(running().server)
          const { data } = await other.auth.signInWithPassword({ email, password: PASSWORD })
          return data.session?.access_token ?? ''
        }),
      )
      return { client, tokens: [session.access_token, ...others] }
    }

    test.each([
      ['local', [false, true, true]],
      ['others', [true, false, false]],
      ['global', [false, false, false]],
    ] as const)('%s', async (scope, expected) => {
      const { client, tokens } = await threeSessions()
      expect(await Promise.all(tokens.map(tokenWorks))).toEqual([true, true, true])
      const { error } = await client.auth.signOut({ scope })
      expect(error).toBeNull()
      expect(await Promise.all(tokens.map(tokenWorks))).toEqual(expected)
    })

    test('getUser of a signed-out session says the session is missing', async () => {
      const { client, session } = await signedUp(running().server)
      await client.auth.signOut()
      const { error } = await clientOf(running().server).auth.getUser(session.access_token)
      expect(error?.name).toBe('AuthSessionMissingError')
    })

    test('another gateway on the same database hears of it', async () => {
      const elsewhere = await startSignInServer(running().database.db)
      try {
        const { client, session } = await signedUp(running().server)
        const { claims } = (await client.auth.getClaims()).data ?? {}
        await client.auth.signOut()
        await expect.poll(() => elsewhere.revocations.isRevoked(String(claims?.session_id))).toBe(true)
        expect(session.access_token).toBeTruthy()
      } finally {
        await elsewhere.stop()
      }
    })
  })
}
