import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseSuite, SUITE_SCHEMA } from './database.case.ts'
import { openEmbedded } from './embedded.ts'

const run = promisify(execFile)
const LEASE_MS = 300

let template: Uint8Array
const folders: string[] = []

function newDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'helix-pglite-'))
  folders.push(folder)
  return join(folder, 'data')
}

beforeAll(async () => {
  const db = await openEmbedded({ dataDir: 'memory://' })
  template = await db.dump()
  await db.close()
})
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Commits one row after the other in a process of its own, killed after `ms` of writing; the last one it acknowledged. */
async function writeUntilKilled(dataDir: string, ms: number): Promise<number> {
  const script = `
    import { openEmbedded } from ${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)}
    const db = await openEmbedded({ dataDir: ${JSON.stringify(dataDir)} })
    await db.transaction('owner', (tx) => tx.script('create table if not exists acked (n int primary key)'))
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${ms})
    for (;;) {
      const [row] = await db.query('insert into acked select coalesce(max(n), 0) + 1 from acked returning n')
      process.stdout.write(row.n + '\\n')
    }`
  const killed = await run('node', ['--input-type=module', '-e', script]).catch((error) => error)
  expect(killed.signal).toBe('SIGKILL')
  return Number(killed.stdout.trim().split('\n').at(-1))
}

databaseSuite('PGlite', async () => {
  const db = await openEmbedded({ dataDir: 'memory://', template, leaseMs: LEASE_MS })
  await db.transaction('owner', (tx) => tx.script(SUITE_SCHEMA))
  await db.enterGatewayRole()
  return { db, other: db, leaseMs: LEASE_MS, stop: () => db.close() }
})

describe('PGlite on disk', () => {
  it('keeps what was committed, readable by its owner alone', async () => {
    const dataDir = newDataDir()
    const first = await openEmbedded({ dataDir, template })
    await first.transaction('owner', (tx) =>
      tx.script('create table kept (n int); insert into kept values (7)'),
    )
    await first.close()
    const second = await openEmbedded({ dataDir })
    expect(await second.query('select n from kept')).toEqual([{ n: 7 }])
    await second.close()
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  })

  it('is open in one process only, which the second is told', async () => {
    const dataDir = newDataDir()
    const db = await openEmbedded({ dataDir, template })
    await expect(openEmbedded({ dataDir })).rejects.toMatchObject({
      code: 'data_dir_in_use',
      message: expect.stringContaining(`process ${process.pid}`),
    })
    await db.close()
    await (await openEmbedded({ dataDir })).close()
  })

  it('survives the death of its process', async () => {
    const dataDir = newDataDir()
    await (await openEmbedded({ dataDir, template })).close()
    const script = `
      import { openEmbedded } from ${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)}
      const db = await openEmbedded({ dataDir: ${JSON.stringify(dataDir)} })
      await db.transaction('owner', (tx) => tx.script('create table survived (n int); insert into survived values (1)'))
      process.kill(process.pid, 'SIGKILL')`
    await expect(run('node', ['--input-type=module', '-e', script])).rejects.toMatchObject({
      signal: 'SIGKILL',
    })
    const db = await openEmbedded({ dataDir })
    expect(await db.query('select n from survived')).toEqual([{ n: 1 }])
    await db.close()
  })

  it('keeps every acknowledged commit through repeated kills', async () => {
    const dataDir = newDataDir()
    await (await openEmbedded({ dataDir, template })).close()
    let acknowledged = 0
    for (let round = 0; round < 3; round += 1) {
      acknowledged = await writeUntilKilled(dataDir, 300 + Math.random() * 300)
      const db = await openEmbedded({ dataDir })
      const [row] = await db.query('select count(*) as rows, coalesce(max(n), 0) as last from acked')
      expect(row?.rows).toBe(row?.last)
      expect(row?.last).toBeGreaterThanOrEqual(acknowledged)
      await db.close()
    }
    expect(acknowledged).toBeGreaterThan(0)
  })

  it('restarts when a statement does not end, and keeps listening', async () => {
    const db = await openEmbedded({ dataDir: newDataDir(), template, statementLimitMs: 1500 })
    await db.transaction('owner', (tx) =>
      tx.script('create table before (n int); insert into before values (1)'),
    )
    let gaps = 0
    const seen: string[] = []
    await db.listen(
      'again',
      (payload) => seen.push(payload),
      () => {
        gaps += 1
      },
    )
    const stuck = db.query('select count(*) from generate_series(1, 1000000000) a')
    const behind = db.query('select n from before').catch((error) => error)
    await expect(stuck).rejects.toMatchObject({
      code: 'database_unreachable',
      message: expect.stringContaining('1500 ms'),
    })
    expect(await behind).toEqual([{ n: 1 }])
    await expect.poll(() => gaps).toBe(1)
    await db.query(`select pg_notify('again', 'after')`)
    await expect.poll(() => seen).toEqual(['after'])
    await db.close()
  })

  it('tells a transaction that a restart ended it', async () => {
    const db = await openEmbedded({ dataDir: newDataDir(), template, statementLimitMs: 1500 })
    let late: unknown
    const work = db.transaction('gateway', async (tx) => {
      await tx.query('select count(*) from generate_series(1, 1000000000) a').catch(() => {})
      late = await tx.query('select 1').catch((error) => error)
    })
    await expect(work).rejects.toMatchObject({ code: 'database_unreachable' })
    expect(late).toMatchObject({ code: 'database_unreachable' })
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
    await db.close()
  })

  it('says why it cannot open what is no database, and lets go of it', async () => {
    const dataDir = newDataDir()
    await (await openEmbedded({ dataDir, template })).close()
    rmSync(join(dataDir, 'db', 'global'), { recursive: true })
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(openEmbedded({ dataDir })).rejects.toMatchObject({
        code: 'database_unreachable',
        message: expect.stringContaining(dataDir),
      })
    }
  })

  it('goes on after tables changed under a prepared statement', async () => {
    const db = await openEmbedded({ dataDir: 'memory://', template })
    await db.transaction('owner', (tx) => tx.script('create table changing (n int)'))
    const read = () => db.query('select * from changing where n > $1', [0])
    await read()
    await db.transaction('owner', (tx) =>
      tx.script('alter table changing add column more int; insert into changing values (1, 2)'),
    )
    expect(await read()).toEqual([{ n: 1, more: 2 }])
    await db.close()
  })

  it('takes a copy far larger than one piece', async () => {
    const db = await openEmbedded({ dataDir: 'memory://', template })
    await db.transaction('owner', (tx) => tx.script('create table big (id int, pad text)'))
    async function* rows(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 100; i += 1) {
        yield Buffer.from(
          Array.from({ length: 1000 }, (_, j) => `${i * 1000 + j}\t${'y'.repeat(90)}\\\n\n`).join(''),
        )
      }
    }
    expect(await db.bulk((tx) => tx.copyIn('big', rows()))).toBe(100_000)
    const [row] = await db.query(
      `select count(*) as total, min(pad) = repeat('y', 90) || E'\\n' as whole from big`,
    )
    expect(row).toEqual({ total: 100_000, whole: true })
    await db.close()
  })

  it('answers a small statement well under a millisecond', async () => {
    const db = await openEmbedded({ dataDir: newDataDir(), template })
    for (let i = 0; i < 200; i += 1) await db.query('select $1::int4 as n', [i])
    const times: number[] = []
    for (let i = 0; i < 500; i += 1) {
      const start = performance.now()
      await db.query('select $1::int4 as n', [i])
      times.push(performance.now() - start)
    }
    expect(times.sort((a, b) => a - b)[250]).toBeLessThan(1)
    await db.close()
  })
})
