import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmptyDatabase, engines } from '../../test/support/engines.ts'
import { checkIntegrity, createBoundedCheck } from './integrity.ts'
import { migrate } from './migrations/migrate.ts'

for (const engine of engines) {
  describe.skipIf(engine.unavailable)(`the integrity of a database on ${engine.name}`, () => {
    let database: EmptyDatabase
    const script = (sql: string) => database.db.transaction('owner', (tx) => tx.script(sql))
    beforeAll(async () => {
      database = await engine.start()
      await migrate(database.db, { mode: database.mode })
      await script(`
        insert into auth.users (id, email) values ('00000000-0000-4000-8000-000000000001', 'ada@example.com');
        insert into public.conversations (user_id, session_key, title)
          values ('00000000-0000-4000-8000-000000000001', 'a', 'one'), ('00000000-0000-4000-8000-000000000001', 'b', 'two');
        insert into public.session_messages (user_id, session_key, role, content)
          values ('00000000-0000-4000-8000-000000000001', 'a', 'user', 'hello')`)
    })
    afterAll(() => database?.stop())

    it('is found whole where nothing is wrong', async () => {
      expect(await checkIntegrity(database.db)).toEqual([])
    })

    it('is looked at for as long as may be and no longer, once for all who ask meanwhile', async () => {
      const { db } = database
      expect(await createBoundedCheck({ db, mostMs: 0 })()).toBeUndefined()
      const check = createBoundedCheck({ db })
      const [one, other] = [check(), check()]
      expect(other).toBe(one)
      expect(await one).toEqual([])
      expect(check()).not.toBe(one)
    })

    it('keeps nobody waiting until all of it was looked at', async () => {
      const order: string[] = []
      await Promise.all([
        checkIntegrity(database.db).then(() => order.push('looked at')),
        database.db.query('select 1').then(() => order.push('answered')),
      ])
      expect(order).toEqual(['answered', 'looked at'])
    })

    const alone = engine.name === 'PGlite' ? ' (nobody can: it has one session)' : ''
    it.skipIf(alone)(`is given up while somebody holds what it has to see${alone}`, async () => {
      const { db } = database
      const asked = performance.now()
      await db.transaction('owner', async (tx) => {
        await tx.script('lock table public.conversations in access exclusive mode')
        expect(await createBoundedCheck({ db, mostMs: 300 })()).toBeUndefined()
      })
      expect(performance.now() - asked).toBeLessThan(3_000)
    })

    it('is found wanting in each way it can be', async () => {
      await script(`
        alter table public.session_messages drop constraint session_messages_conversation_fkey;
        alter table public.session_messages disable trigger count_messages;
        insert into public.session_messages (user_id, session_key, role, content)
          values ('00000000-0000-4000-8000-000000000001', 'gone', 'user', 'lost'),
            ('00000000-0000-4000-8000-000000000001', 'b', 'user', 'uncounted');
        alter table public.session_messages add constraint session_messages_conversation_fkey
          foreign key (user_id, session_key) references public.conversations (user_id, session_key)
          on delete cascade not valid;
        update public.user_profiles set conversation_count = 7;
        update public.audit_head set seq = 3`)
      const found = await checkIntegrity(database.db)
      expect(found.map(({ kind, where }) => `${kind} ${where}`)).toEqual([
        'orphan session_messages',
        'constraint session_messages session_messages_conversation_fkey',
        'trigger session_messages count_messages',
        'counter public.user_profiles',
        'counter public.conversations',
        'chain public.audit_entries',
      ])
      expect(found[0]?.message).toBe(
        '1 rows belong to none of conversations (session_messages_conversation_fkey)',
      )
      expect(found.at(-1)?.message).toBe('it ends at 0, and the head says 3')
    })
  })
}
