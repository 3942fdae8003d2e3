import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inspectConfig } from '../config/load.ts'
import { HelixError } from '../errors.ts'
import type { Check, CheckContext } from './check.ts'
import { checks } from './checks.ts'
import { claudeKey, configNotices, configValid, dataDirPrivate } from './configuration.ts'
import { databaseReachable } from './database.ts'
import { privateSocket, runFile } from './gateway.ts'
import { clock, diskSpace, nodeVersion, portFree } from './machine.ts'
import { runChecks } from './run-checks.ts'

let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'helix-checks-'))
})

afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

async function contextOf(
  environment: Record<string, string> = {},
  over: Partial<CheckContext> = {},
): Promise<CheckContext> {
  const { config, problems } = await inspectConfig({
    cwd: dataDir,
    environment: { HELIX_DATA_DIR: dataDir, ...environment },
  })
  return {
    config,
    configProblems: problems,
    database: async () => undefined,
    nodeVersion: process.versions.node,
    now: () => new Date(),
    ...over,
  }
}

const probe = async (check: Check, ...from: Parameters<typeof contextOf>) =>
  (await runChecks([check], await contextOf(...from)))[0]

describe('the registry', () => {
  it('names every check once', () => {
    const ids = checks.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
  })

  it('runs all at once, keeps their order, and turns what is thrown or late into findings', async () => {
    const base = { title: 't', severity: 'error', doc: 'd' } as const
    const slow = (id: string): Check => ({
      ...base,
      id,
      probe: () => new Promise((resolve) => setTimeout(() => resolve({ status: 'ok', detail: id }), 80)),
    })
    const thrower: Check = {
      ...base,
      id: 'thrower',
      probe() {
        throw new HelixError('database_unreachable', 'No database at db:5432', { hint: 'Start it.' })
      },
    }
    const never: Check = { ...base, id: 'never', probe: () => new Promise(() => {}) }
    const before = Date.now()
    const results = await runChecks([slow('a'), thrower, never, slow('b')], await contextOf(), {
      timeoutMs: 150,
    })
    expect(Date.now() - before).toBeLessThan(400)
    expect(results.map(({ id, status }) => [id, status])).toEqual([
      ['a', 'ok'],
      ['thrower', 'failed'],
      ['never', 'failed'],
      ['b', 'ok'],
    ])
    expect(results[1]).toMatchObject({ detail: 'No database at db:5432', hint: 'Start it.' })
    expect(results[2]?.detail).toBe('No answer within 0.15 s')
  })
})

describe('this machine', () => {
  it.each([
    ['20.20.2', 'failed'],
    ['22.17.9', 'failed'],
    ['22.18.0', 'ok'],
    ['24.1.0', 'ok'],
  ])('with Node %s is %s', async (version, status) => {
    expect(await probe(nodeVersion, {}, { nodeVersion: version })).toMatchObject({ status })
  })

  it('has a clock that cannot be before Helix was installed', async () => {
    expect(await probe(clock)).toMatchObject({ status: 'ok' })
    expect(await probe(clock, {}, { now: () => new Date('1970-01-02') })).toMatchObject({ status: 'failed' })
  })

  it('is asked for room where the data directory will be', async () => {
    expect(await probe(diskSpace, { HELIX_DATA_DIR: join(dataDir, 'not/yet/there') })).toMatchObject({
      status: 'ok',
    })
  })

  it('is told which port is taken, and by its own helix up or another', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    )
    const found = await probe(portFree, { PORT: String(port) })
    expect(found).toMatchObject({ status: 'failed', detail: expect.stringContaining('EADDRINUSE') })
    writeFileSync(
      join(dataDir, 'run.json'),
      JSON.stringify({ pid: process.pid, url: 'http://127.0.0.1:1', socket: '' }),
    )
    expect(await probe(portFree, { PORT: String(port) })).toMatchObject({ status: 'ok' })
    await new Promise((resolve) => server.close(resolve))
    rmSync(join(dataDir, 'run.json'))
    expect(await probe(portFree, { PORT: String(port) })).toMatchObject({ status: 'ok' })
  })
})

describe('the configuration', () => {
  it('is named with every problem and its fix', async () => {
    const found = await probe(configValid, { PORT: 'x', SUPABASE_URL: 'nonsense' })
    expect(found).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(/SUPABASE_URL[\s\S]*PORT/),
    })
    expect(await probe(configValid)).toMatchObject({
      status: 'ok',
      detail: 'Environment local, mode embedded',
    })
  })

  it('gives warnings their fix', async () => {
    expect(await probe(configNotices, { HELIX_CREATOR_ID: 'rodrigo_specter' })).toMatchObject({
      status: 'failed',
      severity: 'warning',
      detail: expect.stringContaining('helix user creator'),
    })
  })

  it('may simulate Claude on a laptop, not unnoticed in production', async () => {
    expect(await probe(claudeKey)).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('simulated'),
    })
    const production = { NODE_ENV: 'production', HELIX_MODE: 'embedded', HELIX_SIMULATE: '1' }
    expect(await probe(claudeKey, production)).toMatchObject({ status: 'failed' })
    expect(await probe(claudeKey, { CLAUDE_API_KEY: 'sk-ant-x' })).toMatchObject({
      status: 'ok',
      detail: 'A key is set',
    })
  })

  it.skipIf(process.platform === 'win32')(
    'keeps the data directory to its owner, and can see to that',
    async () => {
      chmodSync(dataDir, 0o755)
      expect(await probe(dataDirPrivate)).toMatchObject({
        status: 'failed',
        detail: expect.stringContaining('0755'),
      })
      expect(await dataDirPrivate.fix?.run(await contextOf())).toContain(`undo with: chmod 755 ${dataDir}`)
      expect(statSync(dataDir).mode & 0o777).toBe(0o700)
      expect(await probe(dataDirPrivate)).toMatchObject({ status: 'ok' })
    },
  )
})

describe('what runs', () => {
  it('has no database yet, or one that does not answer', async () => {
    expect(await probe(databaseReachable)).toMatchObject({ status: 'skipped' })
    const away = async () => {
      throw new HelixError('database_unreachable', 'No database at db:5432', { hint: 'Start it.' })
    }
    expect(await probe(databaseReachable, {}, { database: away })).toMatchObject({
      status: 'failed',
      hint: 'Start it.',
    })
  })

  it('answers on its private socket, or is gone and left its run file behind', async () => {
    expect(await probe(privateSocket)).toMatchObject({ status: 'skipped' })
    const run = (pid: number) =>
      writeFileSync(
        join(dataDir, 'run.json'),
        JSON.stringify({ pid, url: '', socket: join(dataDir, 'none.sock') }),
      )
    run(process.pid)
    expect(await probe(privateSocket)).toMatchObject({ status: 'failed' })
    expect(await probe(runFile)).toMatchObject({ status: 'ok' })
    run(2 ** 22 + 1)
    expect(await probe(runFile)).toMatchObject({ status: 'failed' })
    expect(await runFile.fix?.run(await contextOf())).toContain('Removed')
    expect(await probe(runFile)).toMatchObject({ status: 'ok' })
  })
})
