import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDatabase, postgresUnavailable } from '../../../test/support/postgres.ts'
import { packageRoot } from '../../config/package.ts'
import type { Database } from '../database.ts'
import { openPostgres } from '../postgres.ts'
import { bootstrapDirectory, migrationsDirectory, readMigrations, readScripts } from './files.ts'
import { migrate } from './migrate.ts'
import { migrationStatus } from './status.ts'

const cli =
  process.env.HELIX_TEST_SUPABASE_CLI ?? join(packageRoot(), '.cache/tools/node_modules/.bin/supabase')
const unavailable =
  postgresUnavailable ?? (existsSync(cli) ? null : `no Supabase CLI at ${cli}, nor HELIX_TEST_SUPABASE_CLI`)

const versions = readMigrations().map(({ version }) => version)
const LATER = '20991231000000'
const LATEST = '20991231000001'

interface Project {
  db: Database
  directory: string
  push(): Promise<string>
  list(): Promise<string>
}

/** A directory with Helix's migrations, as the CLI wants one, and a database as a hosted project has it. */
async function project(): Promise<Project> {
  const { url, drop } = await createDatabase()
  const workdir = mkdtempSync(join(tmpdir(), 'helix-cli-'))
  const directory = join(workdir, 'supabase', 'migrations')
  mkdirSync(join(workdir, 'supabase'))
  cpSync(join(packageRoot(), 'supabase', 'config.toml'), join(workdir, 'supabase', 'config.toml'))
  cpSync(migrationsDirectory(), directory, { recursive: true })
  const db = await openPostgres({ connectionString: url, max: 2 })
  onTestFinished(async () => {
    await db.close()
    await drop()
    rmSync(workdir, { recursive: true })
  })
  await db.transaction('owner', async (tx) => {
    for (const { sql } of readScripts(bootstrapDirectory())) await tx.script(sql)
  })
  const run = async (...args: string[]) => {
    const { stdout, stderr } = await promisify(execFile)(
      cli,
      [...args, `--remote=${url}`, '--workdir', workdir],
      {
        cwd: workdir,
        env: { ...process.env, HOME: workdir, SUPABASE_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
      },
    )
    return stdout + stderr
  }
  return {
    db,
    directory,
    push: () => run('db', 'push', '--yes'),
    list: () => run('migration', 'list'),
  }
}

function applied(db: Database) {
  return db.transaction('owner', (tx) =>
    tx.query('select version, name, statements from supabase_migrations.schema_migrations order by version'),
  )
}

describe.skipIf(unavailable)(`beside the Supabase CLI (${unavailable ?? 'found'})`, () => {
  it('takes over what the CLI pushed, whose books are the same to the letter, and goes on', async () => {
    const { db, directory, push } = await project()
    await push()
    const byCli = await applied(db)
    expect(byCli).toEqual(
      readMigrations().map(({ version, name, statements }) => ({
        version,
        name,
        statements: statements.map(({ text }) => text),
      })),
    )
    expect(await migrate(db, { mode: 'supabase', directory })).toMatchObject({
      applied: [],
      adopted: versions,
    })
    writeFileSync(join(directory, `${LATER}_more.sql`), 'create table public.more (id int);\n')
    expect(await migrate(db, { mode: 'supabase', directory })).toMatchObject({
      applied: [LATER],
      adopted: [],
    })
    writeFileSync(join(directory, `${LATEST}_again.sql`), 'alter table public.more add column again text;\n')
    expect(await push()).toContain(`${LATEST}_again.sql`)
    expect(await migrate(db, { mode: 'supabase', directory })).toMatchObject({
      applied: [],
      adopted: [LATEST],
    })
  }, 120_000)

  it('lets the CLI go on after Helix, and goes on after that', async () => {
    const { db, directory, push, list } = await project()
    await migrate(db, { mode: 'supabase', directory })
    expect(await push()).toMatch(/up to date/i)
    const listed = await list()
    for (const version of versions) expect(listed).toMatch(new RegExp(`${version}.*${version}`))
    const odd = `-- A comment; with a semicolon.
create function public.odd() returns text language sql as $$ select ';' $$;
/* And; another. */ insert into public.settings (key, value) values ('it''s; odd', '";"');
comment on function public.odd is E'quote \\'; end';
`
    writeFileSync(join(directory, `${LATER}_odd.sql`), odd)
    expect(await push()).toContain(`${LATER}_odd.sql`)
    expect(await migrate(db, { mode: 'supabase', directory })).toMatchObject({
      applied: [],
      adopted: [LATER],
    })
    writeFileSync(join(directory, `${LATEST}_last.sql`), 'select 1;\n')
    expect(await migrate(db, { mode: 'supabase', directory })).toMatchObject({ applied: [LATEST] })
    expect(await push()).toMatch(/up to date/i)
    const { migrations } = await migrationStatus(db, directory)
    expect(new Set(migrations.map(({ state }) => state))).toEqual(new Set(['applied']))
  }, 120_000)
})
