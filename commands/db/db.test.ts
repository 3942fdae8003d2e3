import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMigrations } from '../../src/db/migrations/files.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { tempFiles } from '../../test/support/engines.ts'
import { helix } from '../../test/support/host.ts'
import { createDatabase, postgresUnavailable } from '../../test/support/postgres.ts'

const versions = readMigrations().map(({ version }) => version)
const newest = versions.at(-1) ?? ''

async function data(...run: Parameters<typeof helix>) {
  const [argv, options] = run
  const { exit, stdout, stderr } = await helix([...argv, '--json'], options)
  return { exit, stderr, ...JSON.parse(stdout) }
}

describe.skipIf(postgresUnavailable)(`helix db on PostgreSQL (${postgresUnavailable ?? 'found'})`, () => {
  let database: Awaited<ReturnType<typeof createDatabase>>
  let dataDir: string
  let options: { environment: Record<string, string> }
  beforeAll(async () => {
    database = await createDatabase()
    dataDir = mkdtempSync(join(tmpdir(), 'helix-db-'))
    options = { environment: { DATABASE_URL: database.url, HELIX_DATA_DIR: dataDir } }
  })
  afterAll(async () => {
    await database?.drop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  async function query(sql: string) {
    const db = await openPostgres({ connectionString: database.url, max: 1 })
    try {
      return await db.transaction('owner', (tx) => tx.query(sql))
    } finally {
      await db.close()
    }
  }

  it('says what is to be done before anything is', async () => {
    const status = await data(['db', 'status'], options)
    expect(status.data).toMatchObject({ mode: 'postgres', origin: 'empty', current: null, target: newest })
    const plan = await data(['db', 'plan'], options)
    expect(plan.data.pending.map(({ version }: { version: string }) => version)).toEqual(versions)
    const dry = await helix(['db', 'migrate', '--dry-run'], options)
    expect(dry).toMatchObject({ exit: 0, stdout: expect.stringContaining(`Would apply:\n  ${versions[0]}`) })
    expect(await query(`select to_regnamespace('helix') as helix`)).toEqual([{ helix: null }])
  })

  it('refuses a database of somebody else’s with 3, and names the flag', async () => {
    await query('create table invoices (id int)')
    const { exit, stderr } = await helix(['db', 'migrate', '--confirm=other'], options)
    expect(exit).toBe(3)
    expect(stderr).toMatch(/is not Helix's: it holds invoices[\s\S]*--confirm=helix_test_/)
    await query('drop table invoices')
  })

  it('migrates, says what it did and how to undo it, and writes the first time into the journal', async () => {
    const { exit, stdout, stderr } = await helix(['db', 'migrate'], options)
    expect(exit).toBe(0)
    expect(stdout).toContain(`Applied ${versions.length}: the schema is now ${newest}`)
    expect(stdout).toContain('To undo: restore a backup')
    expect(stderr).toContain(`Migrating (1 of ${versions.length})`)
    const journal = readFileSync(join(dataDir, 'journal.jsonl'), 'utf8').trim().split('\n')
    const [intent, outcome] = journal.slice(-2).map((line) => JSON.parse(line))
    expect(intent).toMatchObject({ kind: 'db.migrate.start', data: { pending: versions, mode: 'postgres' } })
    expect(outcome).toMatchObject({
      kind: 'db.migrate.end',
      data: { intent: intent.seq, outcome: 'ok', applied: versions, bootstrapped: true },
    })
  })

  it('writes later times on the chain', async () => {
    const before = readFileSync(join(dataDir, 'journal.jsonl'), 'utf8')
    const { exit, stdout } = await helix(['db', 'migrate'], options)
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: `✔ The schema ${newest} is up to date.\n` })
    expect(await query('select kind, data from audit_entries order by seq')).toEqual([
      { kind: 'db.migrate.start', data: { mode: 'postgres', pending: [] } },
      {
        kind: 'db.migrate.end',
        data: { outcome: 'ok', intent: 1, applied: [], adopted: [], bootstrapped: false },
      },
    ])
    expect(readFileSync(join(dataDir, 'journal.jsonl'), 'utf8')).toBe(before)
  })

  it('shows when each was applied', async () => {
    const { stdout } = await helix(['db', 'status'], options)
    expect(stdout.split('\n')[0]).toBe(
      `Schema ${newest}, this Helix has ${newest}  postgres, Helix’s database`,
    )
    expect(stdout).toMatch(/^applied {3}20261123000000_roles +20\d\d-.*Z {2}\d+ ms$/m)
    expect((await helix(['db', 'plan'], options)).stdout).toBe(`The schema ${newest} is up to date.\n`)
  })

  it('names a version that has no file, and ends with 3', async () => {
    await query(
      `insert into supabase_migrations.schema_migrations (version, name) values ('20200101000000', 'lost')`,
    )
    const { exit, stderr } = await helix(['db', 'migrate'], options)
    expect(exit).toBe(3)
    expect(stderr).toContain('supabase migration repair --status reverted 20200101000000')
    expect((await helix(['db', 'status'], options)).stdout).toMatch(/^missing {3}20200101000000_lost$/m)
    await query(`delete from supabase_migrations.schema_migrations where version = '20200101000000'`)
  })

  it('plans SQL that can be pasted, after which nothing is left to do', async () => {
    const { url, drop } = await createDatabase()
    const pasted = { environment: { ...options.environment, DATABASE_URL: url } }
    const { stdout } = await helix(['db', 'plan', '--sql'], pasted)
    const db = await openPostgres({ connectionString: url, max: 1 })
    await db.scriptOutsideTransaction(stdout)
    await db.close()
    const migrated = await data(['db', 'migrate'], pasted)
    expect(migrated.data).toMatchObject({ applied: [], adopted: versions, to: newest })
    await drop()
  })
})

describe('helix db without a server', () => {
  it('knows the embedded database before it is made, makes it, and keeps the books of it', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'helix-db-'))
    const options = { environment: { HELIX_DATA_DIR: dataDir } }
    const before = await data(['db', 'status'], options)
    expect(before.data).toMatchObject({ mode: 'embedded', origin: 'none', current: null, target: newest })
    expect((await helix(['db', 'plan', '--sql'], options)).stdout).toContain('-- 00_roles.sql')
    expect(readdirSync(dataDir)).toEqual([])
    const made = await helix(['db', 'migrate'], options)
    expect(made).toMatchObject({ exit: 0, stdout: expect.stringContaining(newest) })
    expect((await data(['db', 'status'], options)).data).toMatchObject({ origin: 'helix', current: newest })
    rmSync(dataDir, { recursive: true })
  }, 60_000)

  it('says which value is missing in supabase mode', async () => {
    const { exit, stderr } = await helix(['db', 'status'], {
      environment: { SUPABASE_URL: 'https://abcdefghijklmnopqrst.supabase.co' },
    })
    expect({ exit, stderr }).toEqual({ exit: 3, stderr: expect.stringContaining('SUPABASE_DB_URL') })
  })
})

describe('helix db new', () => {
  it('makes a file whose version is the newest', async () => {
    const directory = tempFiles({ '99990101000000_far.sql': 'select 1' })
    const { data: made } = await data(['db', 'new', 'add_note', '--directory', directory])
    expect(made).toEqual({ path: join(directory, '99990101000001_add_note.sql') })
    const { data: next } = await data(['db', 'new', 'then', '--directory', tempFiles({})])
    expect(next.path).toMatch(/\/20\d{12}_then\.sql$/)
    expect(readMigrations(directory)).toHaveLength(2)
  })

  it.each(['Add Note', '../up', '1st', ''])('refuses the name %j with 2', async (name) => {
    const directory = tempFiles({})
    const { exit } = await helix(['db', 'new', '--directory', directory, '--', name])
    expect(exit).toBe(2)
    expect(readdirSync(directory)).toEqual([])
  })
})

describe('helix db lint', () => {
  it('ends with 0 for the migrations of Helix', async () => {
    expect(await helix(['db', 'lint'])).toMatchObject({ exit: 0, stderr: '' })
  })

  it('ends with 1 and names file, line, rule and fix', async () => {
    const directory = tempFiles({ '1_bad.sql': '\ndrop table note;' })
    const told = await helix(['db', 'lint', '--directory', directory, '--no-color'])
    expect(told.exit).toBe(1)
    expect(told.stdout).toMatch(/^1_bad\.sql:2 {2}drop-table {2}.*\n {2}Stop using it first/)
    const { exit, code, data: result } = await data(['db', 'lint', '--directory', directory])
    expect({ exit, code }).toEqual({ exit: 1, code: 'findings' })
    expect(result.findings).toMatchObject([{ rule: 'drop-table', file: '1_bad.sql', line: 2 }])
  })
})
