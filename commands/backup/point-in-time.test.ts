import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/db/open.ts'
import { helix } from '../../test/support/host.ts'
import {
  createHostedDatabase,
  type HostedDatabase,
  hostedUnavailable,
} from '../../test/support/hosted-database.ts'
import {
  PROJECT,
  type SupabasePlatform,
  startSupabasePlatform,
  TOKEN,
} from '../../test/support/supabase-platform.ts'

const title = `going back to a moment with Supabase${hostedUnavailable ? ` (${hostedUnavailable})` : ''}`

describe.skipIf(hostedUnavailable)(title, () => {
  let project: string
  let database: HostedDatabase
  let platform: SupabasePlatform
  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'helix-moment-'))
    database = await createHostedDatabase()
    platform = await startSupabasePlatform({ goBack: () => keeper.goBack() })
    write(TOKEN)
    writeFileSync(
      join(project, 'helix.config.mjs'),
      `export default ${JSON.stringify({ supabase: { managementUrl: platform.url } })}`,
    )
    writeFileSync(join(project, 'package.json'), '{"name":"helix"}')
    expect(await run('db', 'migrate')).toMatchObject({ exit: 0 })
  })
  afterAll(async () => {
    await keeper.drop()
    await database.drop()
    await platform.close()
    rmSync(project, { recursive: true, force: true })
  })

  const write = (token: string) =>
    writeFileSync(
      join(project, '.env.production'),
      [
        `SUPABASE_URL=https://${PROJECT}.supabase.co`,
        `SUPABASE_DB_URL=${database.url}`,
        'SUPABASE_ANON_KEY=sb_publishable_abc',
        'SUPABASE_SERVICE_ROLE=sb_secret_abcdefgh',
        token === '' ? '' : `SUPABASE_ACCESS_TOKEN=${token}`,
        'HELIX_DATA_DIR=data',
        '',
      ].join('\n'),
      { mode: 0o600 },
    )
  const run = (...argv: string[]) => helix([...argv, '--env', 'production'], { cwd: project })
  const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).stdout)

  /** Keeps the database as it is, and puts it back to that whole, as the platform does from its own backups. */
  const keeper = {
    kept: false,
    names() {
      const name = new URL(database.url).pathname.slice(1)
      return { name, copy: `${name}_kept` }
    },
    async asPlatform(...statements: string[]) {
      const address = new URL(database.url)
      address.username = 'postgres'
      address.pathname = '/postgres'
      const client = new pg.Client({ connectionString: address.href })
      await client.connect()
      try {
        for (const sql of statements) await client.query(sql)
      } finally {
        await client.end()
      }
    },
    ending: (name: string) =>
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    async keep() {
      const { name, copy } = this.names()
      await this.asPlatform(
        this.ending(name),
        `create database ${copy} template ${name} owner hosted_postgres`,
      )
      this.kept = true
    },
    async goBack() {
      const { name, copy } = this.names()
      await this.asPlatform(
        ...[this.ending(name), `drop database ${name}`, `alter database ${copy} rename to ${name}`],
      )
      this.kept = false
    },
    async drop() {
      if (this.kept) await this.asPlatform(`drop database ${this.names().copy}`)
    },
  }

  async function inDatabase<T>(sql: string): Promise<T[]> {
    const db = await openDatabase({ mode: 'supabase', connectionString: database.url, dataDir: project })
    try {
      return (await db.transaction('owner', (tx) => tx.query(sql))) as T[]
    } finally {
      await db.close()
    }
  }

  it('is listed beside the backups, and said to be off where it is', async () => {
    expect((await json('backup', 'list')).data.platform).toMatchObject({
      project: PROJECT,
      pointInTime: true,
    })
    expect((await run('backup', 'list')).stdout).toContain('any moment: 20')
    platform.pointInTime = false
    expect((await run('backup', 'list')).stdout).toContain('point-in-time recovery is off')
    const refused = await run('restore', '--at', '10m', '--dry-run')
    expect([refused.exit, refused.stderr]).toEqual([3, expect.stringContaining('is off for the project')])
    platform.pointInTime = true
  })

  it('needs a token, a moment that can be had, and the name of the project', async () => {
    write('')
    expect((await run('backup', 'list')).stdout).toContain('SUPABASE_ACCESS_TOKEN is not set')
    expect((await run('restore', '--at', '10m')).exit).toBe(3)
    write(TOKEN)
    const early = await run('restore', '--at', '2020-01-01', '--dry-run')
    expect([early.exit, early.stderr]).toEqual([3, expect.stringContaining('It can to any moment from')])
    const planned = await run('restore', '--at', '10m', '--dry-run')
    expect([planned.exit, planned.stdout]).toEqual([
      0,
      expect.stringContaining(`Would have Supabase put ${PROJECT}`),
    ])
    const unsure = await run('restore', '--at', '10m', '--yes')
    expect([unsure.exit, unsure.stderr]).toEqual([2, expect.stringContaining(`--confirm=${PROJECT}`)])
    expect((await run('restore')).exit).toBe(2)
    expect((await run('restore', 'latest', '--at', '10m')).exit).toBe(2)
    expect(platform.orders).toEqual([])
  })

  it('puts the project back, begins a new log, and signs everybody out', async () => {
    await inDatabase(
      `insert into auth.users (id, aud, role, email) values ('7b0c0d8e-3f5a-4d0e-9a51-0c1f6f1d2a3b', 'authenticated', 'authenticated', 'ana@example.com')`,
    )
    await inDatabase(
      `insert into auth.sessions (id, user_id) values ('1b0c0d8e-3f5a-4d0e-9a51-0c1f6f1d2a3b', '7b0c0d8e-3f5a-4d0e-9a51-0c1f6f1d2a3b')`,
    )
    const [before] = await inDatabase<{ log_id: string }>('select log_id from public.audit_head')
    await keeper.keep()
    await inDatabase(
      `insert into auth.users (id, aud, role, email) values ('8b0c0d8e-3f5a-4d0e-9a51-0c1f6f1d2a3b', 'authenticated', 'authenticated', 'late@example.com')`,
    )

    const confirmed = ['--confirm', PROJECT, '--every', '0.1']
    const done = await run('restore', '--at', '1m', ...confirmed)
    expect([done.exit, done.stderr]).toEqual([0, expect.stringContaining('The project is RESTORING')])
    expect(platform.orders).toHaveLength(1)
    for (const text of [done.stdout, done.stderr]) expect(text).not.toContain(TOKEN)
    expect(done.stdout).toMatch(/To undo it: helix restore \d{8}T/)

    expect(await inDatabase('select email from auth.users')).toEqual([{ email: 'ana@example.com' }])
    expect(await inDatabase('select id from auth.sessions')).toEqual([])
    const [head] = await inDatabase<{ log_id: string; seq: string }>(
      'select log_id, seq from public.audit_head',
    )
    expect(head?.log_id).not.toBe(before?.log_id)
    const [first] = await inDatabase<{ kind: string }>(
      `select kind from public.audit_entries where log_id = '${head?.log_id}' order by seq limit 1`,
    )
    expect(first?.kind).toBe('log.continue')
    const journal = readFileSync(join(project, 'data', 'journal.jsonl'), 'utf8')
    expect(journal).toContain('restore.point.start')
    expect(journal).not.toContain(TOKEN)
    expect(await run('audit', 'verify')).toMatchObject({ exit: 0 })
  })
})
