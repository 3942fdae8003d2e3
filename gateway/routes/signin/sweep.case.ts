import { describe, expect, test } from 'vitest'
import { sweepExpired } from '../../../src/signin/sweep.ts'
import { clientOf, type Running, signedUp } from '../../../test/support/signin-client.ts'
import { mailTo, pkceClientOf } from '../../../test/support/signin-mail.ts'

/** What nobody can use any more is not kept. */
export function sweepCases(running: () => Running): void {
  describe('the sweep', () => {
    const server = () => running().server
    const count = async (table: string, userId: string) => {
      const { db } = running().database
      const sql = `select count(*)::integer as n from auth.${table} where user_id::text = $1`
      return (await db.query<{ n: number }>(sql, [userId]))[0]?.n
    }
    const age = (table: string, userId: string, column: string, interval: string) =>
      running().database.db.query(
        `update auth.${table} set ${column} = now() - $2::interval where user_id::text = $1`,
        [userId, interval],
      )

    test('takes links and waiting programs that are past their life, and no others', async () => {
      const { email, userId } = await signedUp(server())
      await pkceClientOf(server()).auth.signInWithOtp({ email })
      await mailTo(server(), email, 'magiclink')
      await sweepExpired(running().database.db)
      expect([await count('one_time_tokens', userId), await count('flow_state', userId)]).toEqual([1, 1])
      await age('one_time_tokens', userId, 'created_at', '25 hours')
      await age('flow_state', userId, 'created_at', '49 hours')
      await sweepExpired(running().database.db)
      expect([await count('one_time_tokens', userId), await count('flow_state', userId)]).toEqual([0, 0])
    })

    test('takes refresh tokens replaced long ago, but leaves what a session goes on with', async () => {
      const { client, session, userId } = await signedUp(server())
      await client.auth.refreshSession()
      const { data } = await client.auth.refreshSession()
      await age('refresh_tokens', userId, 'updated_at', '31 days')
      await sweepExpired(running().database.db)
      expect(await count('refresh_tokens', userId)).toBe(2)
      const refresh = (refresh_token: string) => clientOf(server()).auth.refreshSession({ refresh_token })
      expect((await refresh(session.refresh_token)).error).toMatchObject({ code: 'refresh_token_not_found' })
      expect((await refresh(data.session?.refresh_token ?? '')).error).toBeNull()
    })

    test('finds what belongs to a row that goes by an index, whatever the table', async () => {
      const unindexed = await running().database.db.query(
        `select k.conrelid::regclass::text as table, k.conname from pg_constraint k
        where k.contype = 'f' and k.connamespace = 'auth'::regnamespace and not exists (
          select from pg_index i where i.indrelid = k.conrelid and i.indpred is null
            and i.indkey[0] = k.conkey[1] and cardinality(k.conkey) = 1)`,
      )
      expect(unindexed).toEqual([])
    })

    test('takes sessions that are over', async () => {
      const { userId } = await signedUp(server())
      await sweepExpired(running().database.db)
      expect(await count('sessions', userId)).toBe(1)
      await age('sessions', userId, 'not_after', '25 hours')
      await sweepExpired(running().database.db)
      expect(await count('sessions', userId)).toBe(0)
    })
  })
}
