import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmptyDatabase, engines } from '../../test/support/engines.ts'
import type { Database, PersonAccess } from './database.ts'
import { migrate } from './migrations/migrate.ts'
import { isStatementError } from './statement-error.ts'

const ADA = '00000000-0000-4000-8000-00000000000a'
const BOB = '00000000-0000-4000-8000-00000000000b'
const OF_BOB = 'bob-secret'

/** All that a person may write, and only in rows of their own. */
const WRITABLE = [
  'conversations.deleted',
  'conversations.title',
  'user_profiles.avatar_url',
  'user_profiles.display_name',
  'user_profiles.onboarding_completed',
  'user_profiles.onboarding_step',
]

const ada: PersonAccess = { role: 'authenticated', claims: { sub: ADA, role: 'authenticated' } }
const anonymous: PersonAccess = { role: 'anon', claims: { role: 'anon' } }

const ROWS = `
  insert into auth.users (id, email) values ('${ADA}', 'ada@example.com'), ('${BOB}', 'bob@example.com');
  insert into conversations (user_id, session_key, title)
    values ('${ADA}', 'a', 'mine'), ('${BOB}', 'b', '${OF_BOB}');
  insert into session_messages (user_id, session_key, role, content)
    values ('${ADA}', 'a', 'user', 'mine'), ('${BOB}', 'b', 'user', '${OF_BOB}');
  insert into user_profiles (user_id, display_name) values ('${ADA}', 'mine'), ('${BOB}', '${OF_BOB}')
    on conflict (user_id) do update set display_name = excluded.display_name;`

interface Column {
  schema: string
  table: string
  column: string
  writable: boolean
}

/** Every column of every table Helix has, from the catalog: a new one is covered by being there. */
const COLUMNS = `
  select n.nspname as schema, c.relname as table, a.attname as column,
    a.attgenerated = '' and a.attidentity <> 'a' as writable
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
  where n.nspname in ('public', 'auth', 'helix', 'supabase_migrations') and c.relkind in ('r', 'p', 'v', 'm')
    and a.attnum > 0 and not a.attisdropped
  order by 1, 2, 3`

for (const engine of engines) {
  describe.skipIf(engine.unavailable)(`row-level security on ${engine.name}`, () => {
    let database: EmptyDatabase
    let db: Database
    let columns: Column[]
    let tables: string[]
    beforeAll(async () => {
      database = await engine.start()
      await migrate(database.db, { mode: database.mode })
      db = await database.gateway()
      await db.transaction('owner', (tx) => tx.script(ROWS))
      columns = await db.transaction('owner', (tx) => tx.query<Column & Record<string, unknown>>(COLUMNS))
      tables = [...new Set(columns.map(({ schema, table }) => `"${schema}"."${table}"`))]
    })
    afterAll(() => database?.stop())

    /** Runs one statement as somebody and takes it back; resolves to whether it was refused for want of rights. */
    async function refused(who: PersonAccess, sql: string): Promise<boolean> {
      const undo = new Error('undo')
      const attempt = db.transaction(who, async (tx) => {
        await tx.query(sql)
        throw undo
      })
      const thrown = await attempt.catch((error: unknown) => error)
      if (thrown === undo) return false
      if (isStatementError(thrown, '42501')) return true
      throw thrown
    }

    async function allowed(who: PersonAccess, statements: readonly (readonly [name: string, sql: string])[]) {
      const passed: string[] = []
      for (const [name, sql] of statements) if (!(await refused(who, sql))) passed.push(name)
      return passed
    }

    it('has tables to protect', () => {
      expect(columns.length).toBeGreaterThan(100)
    })

    it('is enabled on every table of schema public', async () => {
      const open = await db.query(
        `select relname from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity`,
      )
      expect(open).toEqual([])
    })

    it('lets a person write the columns that are theirs to word, and no other', async () => {
      const updates = columns.map(({ schema, table, column, writable }) => {
        const value = writable ? `"${column}"` : 'default'
        return [`${table}.${column}`, `update "${schema}"."${table}" set "${column}" = ${value}`] as const
      })
      expect(await allowed(ada, updates)).toEqual(WRITABLE)
    })

    it('lets a person insert, delete and truncate nothing', async () => {
      const acts = tables.flatMap((table) => [
        [`insert ${table}`, `insert into ${table} default values`] as const,
        [`delete ${table}`, `delete from ${table}`] as const,
        [`truncate ${table}`, `truncate ${table}`] as const,
      ])
      expect(await allowed(ada, acts)).toEqual([])
    })

    it('lets a person insert no column either', async () => {
      const inserts = columns
        .filter(({ writable }) => writable)
        .map(
          ({ schema, table, column }) =>
            [
              `${table}.${column}`,
              `insert into "${schema}"."${table}" ("${column}") overriding system value values (null)`,
            ] as const,
        )
      expect(await allowed(ada, inserts)).toEqual([])
    })

    it('shows a person their own rows of four tables, and nothing else', async () => {
      const reads = tables.map((table) => [table, `select * from ${table}`] as const)
      const readable = await allowed(ada, reads)
      expect(readable).toEqual([
        '"public"."conversations"',
        '"public"."session_messages"',
        '"public"."user_events"',
        '"public"."user_profiles"',
      ])
      for (const table of readable) {
        const rows = await db.transaction(ada, (tx) => tx.query(`select * from ${table}`))
        expect(new Set(rows.map(({ user_id }) => user_id))).toEqual(new Set([ADA]))
        expect(JSON.stringify(rows)).not.toContain(OF_BOB)
      }
    })

    it('keeps another’s rows as they were, whatever is written without a condition', async () => {
      await db.transaction(ada, async (tx) => {
        await tx.script(`update conversations set title = 'hacked'`)
        await tx.script(`update conversations set deleted = true`)
        await tx.script(`update user_profiles set display_name = 'hacked', avatar_url = 'hacked',
          onboarding_completed = true, onboarding_step = 'hacked'`)
      })
      const rows = await db.query(
        `select c.user_id, c.title, c.deleted, p.display_name, p.onboarding_step
         from conversations c join user_profiles p using (user_id) order by 1`,
      )
      expect(rows).toEqual([
        { user_id: ADA, title: 'hacked', deleted: true, display_name: 'hacked', onboarding_step: 'hacked' },
        { user_id: BOB, title: OF_BOB, deleted: false, display_name: OF_BOB, onboarding_step: 'welcome' },
      ])
    })

    it('gives a person no function, sequence or right on schema of Helix’s own', async () => {
      const [row] = await db.query(`
        select
          array(select p.oid::regprocedure::text from pg_proc p
            where p.pronamespace in ('helix'::regnamespace, 'public'::regnamespace)
              and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
              and (has_function_privilege('authenticated', p.oid, 'execute')
                or has_function_privilege('anon', p.oid, 'execute'))) as functions,
          array(select s.oid::regclass::text from pg_class s
            where s.relkind = 'S' and s.relnamespace in ('helix'::regnamespace, 'public'::regnamespace, 'auth'::regnamespace)
              and case when s.relkind = 'S' then has_sequence_privilege('authenticated', s.oid, 'usage, select, update') end
          ) as sequences,
          has_schema_privilege('authenticated', 'helix', 'usage') as helix,
          has_schema_privilege('authenticated', 'public', 'create') as makes`)
      expect(row).toEqual({ functions: [], sequences: [], helix: false, makes: false })
    })

    it('gives somebody who is not signed in nothing at all', async () => {
      const acts = tables.flatMap((table) => [
        [`select ${table}`, `select * from ${table}`] as const,
        [`insert ${table}`, `insert into ${table} default values`] as const,
        [`delete ${table}`, `delete from ${table}`] as const,
      ])
      const updates = columns.map(
        ({ schema, table, column }) =>
          [`${table}.${column}`, `update "${schema}"."${table}" set "${column}" = default`] as const,
      )
      expect(await allowed(anonymous, [...acts, ...updates])).toEqual([])
    })

    it('lets the gateway add to the audit chain, and never change it', async () => {
      const [row] = await db.query(`
        select has_table_privilege('helix_gateway', 'audit_entries', 'select') as reads,
          has_table_privilege('helix_gateway', 'audit_entries', 'insert') as adds,
          has_any_column_privilege('helix_gateway', 'audit_entries', 'update')
            or has_table_privilege('helix_gateway', 'audit_entries', 'delete, truncate') as changes`)
      expect(row).toEqual({ reads: true, adds: true, changes: false })
    })
  })
}
