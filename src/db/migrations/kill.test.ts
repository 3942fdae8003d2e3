import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { tempFiles } from '../../../test/support/engines.ts'
import { createDatabase, postgresUnavailable } from '../../../test/support/postgres.ts'
import type { Database } from '../database.ts'
import { openEmbedded } from '../embedded.ts'
import { openPostgres } from '../postgres.ts'
import { migrate } from './migrate.ts'

const FILES = {
  '1_one.sql': 'create table public.one (id int);',
  '2_two.sql': 'create table public.two (id int); select pg_sleep(1); create table public.two_more (id int);',
  '3_three.sql': 'create table public.three (id int);',
}

/** Migrates in a process of its own, and kills that in the middle of the second file. */
async function killedMidway(open: string, mode: string, directory: string): Promise<void> {
  const script = `
    import { openPostgres } from '${new URL('../postgres.ts', import.meta.url)}'
    import { openEmbedded } from '${new URL('../embedded.ts', import.meta.url)}'
    import { migrate } from '${new URL('./migrate.ts', import.meta.url)}'
    const db = await ${open}
    const onProgress = ({ event, version }) => console.log(event, version)
    await migrate(db, { mode: '${mode}', directory: '${directory}', onProgress })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) {
    if (line === 'applying 2') setTimeout(() => child.kill('SIGKILL'), 200)
  }
  if (child.signalCode === null && child.exitCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
}

async function expectToResume(db: Database, mode: 'postgres' | 'embedded', directory: string): Promise<void> {
  const before = await db.transaction('owner', (tx) =>
    tx.query('select version from supabase_migrations.schema_migrations'),
  )
  expect(before).toEqual([{ version: '1' }])
  expect((await migrate(db, { mode, directory })).applied).toEqual(['2', '3'])
  const [row] = await db.transaction('owner', (tx) =>
    tx.query(`select to_regclass('two') is not null and to_regclass('two_more') is not null as whole`),
  )
  expect(row).toEqual({ whole: true })
  await db.close()
}

it.skipIf(postgresUnavailable)(
  `goes on after kill -9 in the middle of a file on PostgreSQL (${postgresUnavailable ?? 'found'})`,
  async () => {
    const { url, drop } = await createDatabase()
    onTestFinished(drop)
    const directory = tempFiles(FILES)
    await killedMidway(`openPostgres({ connectionString: '${url}' })`, 'postgres', directory)
    await expectToResume(await openPostgres({ connectionString: url }), 'postgres', directory)
  },
)

it('goes on after kill -9 in the middle of a file on PGlite', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'helix-kill-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const directory = tempFiles(FILES)
  await killedMidway(`openEmbedded({ dataDir: '${dataDir}' })`, 'embedded', directory)
  await expectToResume(await openEmbedded({ dataDir }), 'embedded', directory)
})
