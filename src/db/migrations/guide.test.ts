import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type EmptyDatabase, emptyDatabase, engines } from '../../../test/support/engines.ts'
import type { Database, PersonAccess, Row } from '../database.ts'
import { bootstrapDirectory, readScripts } from './files.ts'
import { migrate } from './migrate.ts'
import { pendingPlan } from './status.ts'

const GUIDE = readFileSync(new URL('../../../test/fixtures/guide-phase-2.sql', import.meta.url), 'utf8')
const ADA = '00000000-0000-4000-8000-00000000000a'
const BOB = '00000000-0000-4000-8000-00000000000b'
const line = (n: number) => `00000000-0000-4000-8000-0000000001${String(n).padStart(2, '0')}`

// Ada's conversation has a message of Bob's, two messages of one moment, and counters nobody kept.
const ROWS = `
  insert into auth.users (id, email) values ('${ADA}', 'ada@example.com'), ('${BOB}', 'bob@example.com');
  insert into conversations (user_id, session_key, title, message_count, messages) values
    ('${ADA}', 'ada-one', 'First', null, '[]'), ('${ADA}', 'ada-two', null, 17, null);
  insert into session_messages (id, user_id, session_key, role, content, created_at, is_pending) values
    ('${line(1)}', '${ADA}', 'ada-one', 'user', 'Hello', '2026-01-01T10:00:00Z', null),
    ('${line(2)}', '${ADA}', 'ada-one', 'assistant', 'Hi', '2026-01-01T10:00:01Z', true),
    ('${line(4)}', '${ADA}', 'ada-one', 'assistant', 'Same moment, later id', '2026-01-01T10:00:02Z', false),
    ('${line(3)}', '${ADA}', 'ada-one', 'user', 'Same moment', '2026-01-01T10:00:02Z', false),
    ('${line(5)}', '${BOB}', 'ada-one', 'user', 'I should not be here', '2026-01-01T10:00:03Z', false);
  insert into user_profiles (user_id, display_name, trust_level, conversation_count, messages_today, onboarding_completed)
    values ('${ADA}', 'Ada', 7, null, null, null);`

function asOwner<T extends Row>(db: Database, sql: string): Promise<T[]> {
  return db.transaction('owner', (tx) => tx.query<T>(sql))
}

async function pasteGuide({ db }: EmptyDatabase): Promise<void> {
  await db.transaction('owner', async (tx) => {
    for (const { sql } of readScripts(bootstrapDirectory())) await tx.script(sql)
    await tx.script(GUIDE)
    await tx.script(ROWS)
  })
}

function person(sub: string): PersonAccess {
  return { role: 'authenticated', claims: { sub, role: 'authenticated' } }
}

for (const engine of engines) {
  describe.skipIf(engine.unavailable)(`a database made by the launch guide, on ${engine.name}`, () => {
    async function upgraded(): Promise<Database> {
      const database = await emptyDatabase(engine)
      await pasteGuide(database)
      expect(await pendingPlan(database.db)).toMatchObject({ origin: 'guide' })
      await migrate(database.db, { mode: database.mode })
      return database.gateway()
    }

    it('loses no row, and a stray message gets a conversation of its writer’s own', async () => {
      const db = await upgraded()
      const messages = await asOwner(
        db,
        'select id, user_id, session_key, content, is_pending from session_messages order by id',
      )
      expect(messages.map(({ id, user_id }) => [id, user_id])).toEqual(
        [1, 2, 3, 4, 5].map((n) => [line(n), n === 5 ? BOB : ADA]),
      )
      expect(messages.map(({ is_pending }) => is_pending)).toEqual([false, true, false, false, false])
      const conversations = await asOwner(
        db,
        'select user_id, session_key, title, messages from conversations order by user_id, session_key',
      )
      expect(conversations).toEqual([
        { user_id: ADA, session_key: 'ada-one', title: 'First', messages: [] },
        { user_id: ADA, session_key: 'ada-two', title: null, messages: null },
        { user_id: BOB, session_key: 'ada-one', title: null, messages: null },
      ])
    })

    it('makes each conversation one line of messages, in the order they were written', async () => {
      const db = await upgraded()
      const rows = await asOwner(db, 'select id, parent_id, position from session_messages order by position')
      expect(rows).toEqual([
        { id: line(1), parent_id: null, position: 1 },
        { id: line(2), parent_id: line(1), position: 2 },
        { id: line(3), parent_id: line(2), position: 3 },
        { id: line(4), parent_id: line(3), position: 4 },
        { id: line(5), parent_id: null, position: 5 },
      ])
      const ends = await asOwner(
        db,
        'select active_message_id, message_count, last_message_at from conversations order by user_id, session_key',
      )
      expect(ends).toEqual([
        { active_message_id: line(4), message_count: 4, last_message_at: new Date('2026-01-01T10:00:02Z') },
        { active_message_id: null, message_count: 0, last_message_at: null },
        { active_message_id: line(5), message_count: 1, last_message_at: new Date('2026-01-01T10:00:03Z') },
      ])
    })

    it('gives everybody a profile with right counts and a trust between 0 and 1', async () => {
      const db = await upgraded()
      const profiles = await asOwner(
        db,
        `select user_id, display_name, trust_level, conversation_count, messages_today, onboarding_completed
         from user_profiles order by user_id`,
      )
      const fresh = { messages_today: 0, onboarding_completed: false }
      expect(profiles).toEqual([
        { user_id: ADA, display_name: 'Ada', trust_level: 1, conversation_count: 2, ...fresh },
        { user_id: BOB, display_name: null, trust_level: 0.5, conversation_count: 1, ...fresh },
      ])
    })

    it('ends with the policies, grants and rules of a new database', async () => {
      const db = await upgraded()
      const fresh = await emptyDatabase(engine)
      await migrate(fresh.db, { mode: fresh.mode })
      for (const catalog of [POLICIES, GRANTS, CONSTRAINTS, INDEXES, PUBLISHED]) {
        expect(await asOwner(db, catalog)).toEqual(await asOwner(fresh.db, catalog))
      }
    })

    it('shows each person their own and nothing else, and goes on counting', async () => {
      const db = await upgraded()
      const seen = (sub: string) =>
        db.transaction(person(sub), (tx) => tx.query('select id from session_messages order by id'))
      expect((await seen(BOB)).map(({ id }) => id)).toEqual([line(5)])
      expect(await seen(ADA)).toHaveLength(4)
      await db.query(
        `insert into session_messages (user_id, session_key, role, content, parent_id)
         values ($1, 'ada-one', 'user', 'And on', $2)`,
        [ADA, line(4)],
      )
      const [row] = await db.query<{ message_count: number; messages_today: number }>(
        `select c.message_count, p.messages_today from conversations c join user_profiles p using (user_id)
         where c.user_id = $1 and c.session_key = 'ada-one'`,
        [ADA],
      )
      expect(row).toEqual({ message_count: 5, messages_today: 1 })
      await db.query('delete from conversations where user_id = $1', [ADA])
      expect(await db.query('select user_id from session_messages')).toEqual([{ user_id: BOB }])
    })
  })
}

const POLICIES = `select tablename, policyname, roles::text, cmd, qual, with_check from pg_policies
  where schemaname = 'public' order by 1, 2`
const GRANTS = `select table_name, column_name, grantee, privilege_type from information_schema.column_privileges
  where table_schema = 'public' and grantee in ('anon', 'authenticated', 'service_role', 'helix_gateway')
  order by 1, 2, 3, 4`
const CONSTRAINTS = `select conrelid::regclass::text as on_table, conname, pg_get_constraintdef(oid) as definition
  from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`
const INDEXES = `select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`
const PUBLISHED = `select tablename from pg_publication_tables where pubname = 'supabase_realtime' order by 1`
