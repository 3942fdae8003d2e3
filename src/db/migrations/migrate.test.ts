import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type EmptyDatabase, emptyDatabase, engines, tempFiles } from '../../../test/support/engines.ts'
import type { Database, Row } from '../database.ts'
import { splitStatements } from '../sql/statements.ts'
import { migrationsDirectory, readMigrations } from './files.ts'
import { type MigrateOptions, migrate } from './migrate.ts'
import { assertReadableBy, assertSchema, migrationStatus, pendingPlan } from './status.ts'

const ONE = { '1_one.sql': 'create table public.one (id int);\n' }
const TWO = { ...ONE, '2_two.sql': '-- The second.\ncreate table public.two (id int); -- done;\n' }

function asOwner<T extends Row>(db: Database, sql: string, params: string[] = []): Promise<T[]> {
  return db.transaction('owner', (tx) => tx.query<T>(sql, params))
}

async function tables(db: Database): Promise<unknown[]> {
  const rows = await asOwner(
    db,
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  )
  return rows.map(({ relname }) => relname)
}

function recorded(db: Database): Promise<Row[]> {
  return asOwner(db, 'select version, name, statements from supabase_migrations.schema_migrations order by 1')
}

for (const engine of engines) {
  describe.skipIf(engine.unavailable)(`migrate on ${engine.name}`, () => {
    const empty = () => emptyDatabase(engine)
    const run = (
      { db, mode }: EmptyDatabase,
      files: Record<string, string>,
      more?: Partial<MigrateOptions>,
    ) => migrate(db, { mode, directory: tempFiles(files), ...more })

    it('brings a new database up, keeps the books as the Supabase CLI does, and then has nothing to do', async () => {
      const database = await empty()
      const { db, mode } = database
      await expect(assertSchema(db)).rejects.toMatchObject({
        code: 'schema_behind',
        next: ['helix db migrate'],
      })
      const migrations = readMigrations()
      const versions = migrations.map(({ version }) => version)
      expect(await pendingPlan(db)).toMatchObject({
        origin: 'empty',
        current: undefined,
        target: versions.at(-1),
      })
      const progress: string[] = []
      const onProgress: MigrateOptions['onProgress'] = ({ event, version }) =>
        progress.push(`${event} ${version}`)
      const result = await migrate(db, { mode, onProgress })
      expect(result).toEqual({ applied: versions, adopted: [], bootstrapped: true })
      expect(progress).toEqual(versions.flatMap((version) => [`applying ${version}`, `applied ${version}`]))
      expect(await recorded(db)).toEqual(
        migrations.map(({ version, name, sql }) => ({
          version,
          name,
          statements: splitStatements(sql).map(({ text }) => text),
        })),
      )
      await assertSchema(await database.gateway())
      expect(await migrate(db, { mode })).toEqual({ applied: [], adopted: [], bootstrapped: false })
    })

    it('knows when each was applied and what its file was', async () => {
      const database = await empty()
      await run(database, ONE)
      const [row] = await asOwner(database.db, 'select * from helix.migration_checksums')
      expect(row).toEqual({
        version: '1',
        sha256: createHash('sha256').update(ONE['1_one.sql']).digest('hex'),
        applied_at: expect.any(Date),
        duration_ms: expect.any(Number),
      })
      const status = await migrationStatus(database.db, tempFiles(TWO))
      expect(status).toMatchObject({ origin: 'helix', current: '1', target: '2' })
      expect(status.migrations.map(({ name, state }) => [name, state])).toEqual([
        ['one', 'applied'],
        ['two', 'pending'],
      ])
    })

    it('names both versions when the schema is behind or ahead', async () => {
      const database = await empty()
      const { db } = database
      await run(database, ONE)
      await expect(assertSchema(db, tempFiles(TWO))).rejects.toMatchObject({
        code: 'schema_behind',
        message: 'The database is at schema 1, this Helix needs 2',
      })
      await run(database, TWO)
      const ahead = { code: 'schema_ahead', message: 'The database is at schema 2, this Helix only knows 1' }
      await expect(assertSchema(db, tempFiles(ONE))).rejects.toMatchObject(ahead)
      await expect(run(database, ONE)).rejects.toMatchObject(ahead)
      await expect(assertReadableBy(db, '1')).rejects.toMatchObject(ahead)
      await assertReadableBy(db, '2')
    })

    it('lets an older release work with a newer schema that says it may', async () => {
      const database = await empty()
      const sql = '-- helix: readable by older releases\nalter table public.one add column more text;'
      await run(database, { ...ONE, '2_more.sql': sql })
      await assertSchema(database.db, tempFiles(ONE))
      expect((await run(database, ONE)).applied).toEqual([])
    })

    it('goes on where it stopped', async () => {
      const database = await empty()
      await run(database, ONE)
      expect((await run(database, TWO)).applied).toEqual(['2'])
      expect(await tables(database.db)).toEqual(['one', 'two'])
    })

    it.each([
      [
        'an edited file',
        { '1_one.sql': 'create table public.other ();' },
        /^1_one\.sql was changed/,
        'as it was',
      ],
      ['a missing file', { '2_two.sql': TWO['2_two.sql'] }, /applied 1, for which/, '--status reverted 1'],
      [
        'a file that comes too late',
        { ...ONE, '0_zero.sql': 'select 1' },
        /^0_zero\.sql comes before 1/,
        'later',
      ],
      ['two files of one version', { ...ONE, '1_uno.sql': 'select 1' }, /same version 1$/, 'Rename'],
    ])('refuses %s and names the repair', async (_name, files, message, hint) => {
      const database = await empty()
      await run(database, ONE)
      await expect(run(database, files)).rejects.toMatchObject({
        code: 'migration_refused',
        message: expect.stringMatching(message),
        hint: expect.stringContaining(hint),
      })
      expect(await tables(database.db)).toEqual(['one'])
    })

    it('takes other line ends for no edit', async () => {
      const database = await empty()
      await run(database, TWO)
      const windows = Object.fromEntries(Object.entries(TWO).map(([k, v]) => [k, v.replaceAll('\n', '\r\n')]))
      expect((await run(database, windows)).applied).toEqual([])
    })

    it('takes over versions that the Supabase CLI applied, if with the same statements', async () => {
      const database = await empty()
      await run(database, TWO)
      await asOwner(database.db, 'delete from helix.migration_checksums')
      await expect(
        run(database, { ...TWO, '2_two.sql': 'create table public.two (id bigint)' }),
      ).rejects.toMatchObject({
        code: 'migration_refused',
        hint: expect.stringContaining('--status applied 2'),
      })
      expect(await run(database, TWO)).toMatchObject({ applied: [], adopted: ['1', '2'] })
      expect(await run(database, TWO)).toMatchObject({ applied: [], adopted: [] })
    })

    it('shows where a statement failed and leaves nothing of its file', async () => {
      const database = await empty()
      const bad =
        'create table public.three (id int);\n\n-- Ünïcode 🎈 before.\nselect 1,\n  nothing_there;\nselect 2;'
      const thrown = await run(database, { ...ONE, '3_bad.sql': bad }).catch((error) => error)
      expect(thrown).toMatchObject({
        code: 'migration_failed',
        exit: 7,
        message:
          '3_bad.sql, statement 2, line 5: column "nothing_there" does not exist\n5 |   nothing_there;\n      ^',
        details: { file: '3_bad.sql', statement: 2, line: 5, sqlState: '42703' },
      })
      expect(await tables(database.db)).toEqual(['one'])
      expect((await recorded(database.db)).map(({ version }) => version)).toEqual(['1'])
    })

    it('refuses CONCURRENTLY in a transaction, and runs it outside where the file says so', async () => {
      const database = await empty()
      const index = 'create index concurrently one_id on public.one (id);'
      await expect(run(database, { ...ONE, '2_index.sql': index })).rejects.toMatchObject({
        code: 'migration_refused',
        hint: expect.stringContaining('-- helix: no transaction'),
      })
      expect(await tables(database.db)).toEqual([])
      const files = { ...ONE, '2_index.sql': `-- helix: no transaction\n${index}\nvacuum public.one;` }
      expect((await run(database, files)).applied).toEqual(['1', '2'])
      expect(
        await asOwner(database.db, `select indisvalid from pg_index where indexrelid = 'one_id'::regclass`),
      ).toEqual([{ indisvalid: true }])
    })

    it('advises the marker for any other statement that refuses a transaction', async () => {
      const database = await empty()
      await expect(run(database, { '1_vacuum.sql': 'vacuum' })).rejects.toMatchObject({
        code: 'migration_failed',
        hint: expect.stringContaining('-- helix: no transaction'),
      })
    })

    it('says what a failure outside a transaction leaves behind', async () => {
      const database = await empty()
      const files = {
        '1_twice.sql': 'create table public.twice (id int); insert into public.twice values (1), (1);',
        '2_unique.sql':
          '-- helix: no transaction\ncreate unique index concurrently twice_id on public.twice (id);',
      }
      await expect(run(database, files)).rejects.toMatchObject({
        code: 'migration_failed',
        hint: expect.stringContaining('drop index concurrently twice_id;'),
      })
      expect((await recorded(database.db)).map(({ version }) => version)).toEqual(['1'])
    })

    it('refuses a file that would end its transaction', async () => {
      const database = await empty()
      await expect(
        run(database, { '1_commit.sql': 'create table public.one (); commit; select 1' }),
      ).rejects.toMatchObject({
        code: 'migration_refused',
        message: expect.stringContaining('statement 2: COMMIT'),
      })
    })

    it('is run by one process at a time', async () => {
      const database = await empty()
      const other = await database.gateway()
      const files = {
        '1_slow.sql': `create table public.one (); select pg_sleep(0.3)`,
        '2_two.sql': TWO['2_two.sql'],
      }
      const results = await Promise.all([run(database, files), run({ ...database, db: other }, files)])
      expect(results.map(({ applied }) => applied).sort()).toEqual([[], ['1', '2']])
    })

    it('refuses a database of another application, unless it is named', async () => {
      const database = await empty()
      await asOwner(database.db, 'create table public.invoices (id int)')
      const [{ name } = { name: '' }] = await asOwner<{ name: string }>(
        database.db,
        'select current_database() as name',
      )
      for (const confirm of [undefined, 'yes']) {
        await expect(run(database, ONE, { confirm })).rejects.toMatchObject({
          code: 'database_foreign',
          exit: 3,
          message: expect.stringContaining('invoices'),
          hint: expect.stringContaining(`--confirm=${name}`),
        })
      }
      expect(await tables(database.db)).toEqual(['invoices'])
      const [helix] = await asOwner(database.db, `select to_regclass('helix.bootstrap') as books`)
      expect(helix).toEqual({ books: null })
      expect((await run(database, ONE, { confirm: name })).applied).toEqual(['1'])
      expect((await run(database, TWO)).applied).toEqual(['2'])
    })

    it('takes a table that only has the name of the guide’s for another application’s', async () => {
      const database = await empty()
      await asOwner(database.db, 'create table public.conversations (id int)')
      await expect(run(database, ONE)).rejects.toMatchObject({ code: 'database_foreign' })
    })

    it('leaves a hosted project’s roles and schema auth to it', async () => {
      const database = await empty()
      expect(await run(database, ONE, { mode: 'supabase' })).toMatchObject({ bootstrapped: false })
      const [row] = await asOwner(database.db, `select to_regnamespace('auth') as auth`)
      expect(row).toEqual({ auth: null })
    })

    it('renews the bootstrap when another login or server lacks its roles', async () => {
      const database = await empty()
      await run(database, ONE)
      await asOwner(database.db, `update helix.bootstrap set sha256 = 'older' where file = '00_roles.sql'`)
      expect(await run(database, ONE)).toMatchObject({ bootstrapped: true })
    })
  })
}

describe('the migrations of this Helix', () => {
  it('have one statement form on every server: no file holds what only newer ones take', () => {
    for (const { file } of readMigrations()) {
      expect(readFileSync(join(migrationsDirectory(), file), 'utf8')).not.toMatch(
        /uuidv7\(|transaction_timeout/,
      )
    }
  })
})
