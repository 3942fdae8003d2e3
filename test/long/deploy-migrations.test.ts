import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatewayFiles, pack, packWith } from '../deploy/archive.ts'
import { startMachine } from '../deploy/machine.ts'
import { startTraffic } from '../deploy/traffic.ts'
import { type } from '../deploy/typed.ts'
import { expectNone } from '../deploy/unnoticed.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { vpsUnavailable } from '../support/vps.ts'

const missing = vpsUnavailable ?? postgresUnavailable
const VERSION = '20991231000000'

describe.skipIf(missing)(`migrations of a deploy${missing ? ` (${missing})` : ''}`, () => {
  let machine: Awaited<ReturnType<typeof startMachine>>
  let project: string
  let files: string
  let token: string

  beforeAll(async () => {
    files = gatewayFiles()
    machine = await startMachine()
    project = await machine.project()
    const archive = pack(files).file
    // Two, so that there is one to go back to.
    for (let round = 0; round < 2; round += 1)
      expect(await typed('deploy', 'gateway', '--archive', archive)).toMatchObject({ code: 0 })
    token = await machine.person()
  }, 240_000)
  afterAll(() => machine?.stop(), 60_000)

  const typed = (...args: string[]) => type(project, args, undefined, { of: files })
  const serves = async () =>
    ((await (await fetch(`${machine.url}/health`)).json()) as { release: string }).release
  const migration = join('supabase/migrations', `${VERSION}_broken.sql`)
  const write = (sql: string) => writeFileSync(join(files, migration), sql)
  const state = async () => {
    const { stdout } = await typed('db', 'status', '--json')
    const { migrations } = JSON.parse(stdout).data as { migrations: { version: string; state: string }[] }
    return migrations.find(({ version }) => version === VERSION)?.state
  }

  /** Deploys while people use the gateway, who must not notice. */
  async function unnoticed(archive: string) {
    const before = await serves()
    const began = new Date()
    const running = startTraffic(machine.url, token)
    const ended = await typed('deploy', 'gateway', '--archive', archive)
    const { failed, cut, requests } = await running.stop()
    expectNone(machine, began, { failed, cut })
    expect(requests).toBeGreaterThan(20)
    expect(await serves()).toBe(before)
    return ended
  }

  test('one that fails halfway leaves nothing of itself, and ends the deploy with 7 before anything runs', async () => {
    write('create table public.halfway (id int);\nselect 1 / 0;\n')
    const ended = await unnoticed(pack(files).file)
    expect(ended).toMatchObject({ code: 7, stderr: expect.stringContaining('division by zero') })
    expect(ended.stderr).not.toContain('boot: begin')
    expect(await state()).toBe('pending')
  }, 90_000)

  test('one that passes, of a release that does not start, ends with 5, and people stay where they were', async () => {
    write('create table public.whole (id int);\nalter table public.whole enable row level security;\n')
    const broken = packWith(files, 'dist/gateway/server.js', (text) => `throw new Error('broken');\n${text}`)
    const ended = await unnoticed(broken.file)
    expect(ended).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('ended as soon as it had started'),
    })
    expect(await state()).toBe('applied')
  }, 120_000)

  test('a release that cannot read the schema there is now is not gone back to, nor started', async () => {
    const before = await serves()
    const units = () => machine.vps.asRoot('ls /home/deploy/helix/run')
    const running = units()
    const refused = await typed('rollback')
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('cannot read the database') })
    expect(refused.stderr).not.toContain('boot: begin')
    expect(units()).toBe(running)
    expect(await serves()).toBe(before)
    rmSync(join(files, migration))
  }, 60_000)
})
