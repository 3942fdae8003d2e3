import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatewayFiles, pack } from '../deploy/archive.ts'
import { startMachine } from '../deploy/machine.ts'
import { type Typed, type } from '../deploy/typed.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { vpsUnavailable } from '../support/vps.ts'

const missing = vpsUnavailable ?? postgresUnavailable
/** Steps in which a deployer can die; those without work are over before anybody could kill them. */
const STEPS = ['env', 'upload', 'boot', 'probe', 'switch', 'watch', 'prune']

describe.skipIf(missing)(`helix deploy gateway${missing ? ` (${missing})` : ''}`, () => {
  let machine: Awaited<ReturnType<typeof startMachine>>
  let project: string
  let archive: string

  beforeAll(async () => {
    archive = pack(gatewayFiles()).file
    machine = await startMachine()
    project = await machine.project()
  }, 180_000)
  afterAll(() => machine?.stop(), 60_000)

  const deploy = (...args: string[]) => type(project, ['deploy', 'gateway', '--archive', archive, ...args])
  const serves = async () =>
    ((await (await fetch(`${machine.url}/health`)).json()) as { release: string }).release
  const dataOf = ({ stdout }: Typed) => JSON.parse(stdout).data

  test('says what it would do, and does nothing', async () => {
    const planned = await deploy('--plan')
    expect(planned).toMatchObject({ code: 0 })
    expect(planned.stdout).toMatch(/^Would bring 2\d{7}T\d{6}Z/)
    for (const step of ['env', 'upload', 'boot', 'probe', 'switch', 'watch', 'prune'])
      expect(planned.stdout).toMatch(new RegExp(`^${step}$`, 'm'))
    expect(planned.stdout).not.toMatch(/sk-ant|\$[1-9]/)
    expect(machine.vps.asRoot('ls /home/deploy/helix/releases')).toBe('')
  }, 60_000)

  test('brings a release, and rollback goes back to the one before', async () => {
    const first = dataOf(await deploy('--json')).release
    const second = dataOf(await deploy('--json')).release
    expect(await serves()).toBe(second)
    const back = await type(project, ['rollback', '--json'])
    expect(dataOf(back)).toMatchObject({ release: first, previous: second })
    expect(await serves()).toBe(first)
    const { deploys, machines } = dataOf(await type(project, ['releases', '--json']))
    expect(machines).toMatchObject([{ current: first }])
    expect(deploys.map(({ state }: { state: string }) => state)).toEqual(['live', 'live', 'live'])
  }, 120_000)

  test('shows the log of every release there, goes on with what comes, and leaves nothing behind', async () => {
    const linesOf = ({ stdout }: Typed) =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    const releases = new Set(linesOf(await type(project, ['logs', '--json'])).map(({ release }) => release))
    expect(releases.size).toBeGreaterThan(1)
    const path = '/no-such-path-of-a-test'
    let asked = false
    const followed = await type(project, ['logs', '--follow', '--json', '-n', '0'], (_stderr, child) => {
      if (asked) return
      asked = true
      setTimeout(() => void fetch(`${machine.url}${path}`), 2_000)
      setTimeout(() => child.kill('SIGINT'), 6_000)
      // So that one that does not end is told from a machine that does not answer.
      setTimeout(() => child.kill('SIGKILL'), 20_000).unref()
    })
    expect(followed.code).toBe(130)
    expect(linesOf(followed)).toContainEqual(expect.objectContaining({ event: 'request', status: 404 }))
    expect(machine.vps.asRoot('pgrep -c journalctl || true').trim()).toBe('0')
  }, 60_000)

  test.each(STEPS)(
    'killed in %s, it is finished from there by --resume',
    async (step) => {
      const before = await serves()
      const killed = await type(project, ['deploy', 'gateway', '--archive', archive], (stderr, child) => {
        if (stderr.includes(`${step}: begin`)) child.kill('SIGKILL')
      })
      expect(killed.code).toBeNull()
      const refused = await deploy()
      expect(refused.code).not.toBe(0)
      const resumed = await deploy('--resume', '--json')
      expect(resumed).toMatchObject({ code: 0 })
      expect(await serves()).toBe(dataOf(resumed).release)
      expect(await serves()).not.toBe(before)
    },
    60_000,
  )

  test('killed in watch, it is taken back by --undo', async () => {
    const before = await serves()
    await type(project, ['deploy', 'gateway', '--archive', archive], (stderr, child) => {
      if (stderr.includes('watch: begin')) child.kill('SIGKILL')
    })
    expect(await serves()).not.toBe(before)
    expect(await deploy('--undo')).toMatchObject({ code: 0 })
    expect(await serves()).toBe(before)
  }, 60_000)

  test('asked to end by Ctrl-C in upload, it ends what runs on the machine and undoes it', async () => {
    const before = await serves()
    const there = () => machine.vps.asRoot('ls /home/deploy/helix/releases')
    const releases = there()
    const ended = await type(project, ['deploy', 'gateway', '--archive', archive], (stderr, child) => {
      if (stderr.endsWith('upload: begin\n')) child.kill('SIGINT')
    })
    expect(ended).toMatchObject({ code: 130, stderr: expect.stringContaining('upload: undone') })
    expect(machine.vps.asRoot('ps -u deploy -o comm=')).not.toMatch(/^(?:tar|gzip|cat|sha256sum)$/m)
    expect(there()).toBe(releases)
    expect(await serves()).toBe(before)
  }, 60_000)

  test('of two at once one goes on, and the other is told who deploys', async () => {
    const both = await Promise.all([deploy('--reason', 'the one'), deploy('--reason', 'the other')])
    const codes = both.map(({ code }) => code).toSorted()
    expect(codes).toEqual([0, 4])
    expect(both.find(({ code }) => code === 4)?.stderr).toMatch(
      /is deploying 2\d+T.* to deploy@.*: the (one|other)/,
    )
  }, 60_000)

  test('tells no secret on any command line, in any output or log of it', async () => {
    const { vps } = machine
    vps.asRoot(
      "setsid sh -c 'while :; do ps axww -o args; sleep 0.1; done' >/tmp/seen 2>&1 </dev/null & echo $! >/tmp/seen.pid",
    )
    const typed = await deploy('--verbose')
    vps.asRoot('kill -- -$(cat /tmp/seen.pid)')
    const seen = vps.asRoot('cat /tmp/seen')
    const journal = vps.asRoot('cat /home/deploy/helix/releases.jsonl')
    expect(seen).toContain('gateway start --socket')
    for (const text of [seen, typed.stdout, typed.stderr, journal])
      expect(text).not.toMatch(/sk-ant-test-key|postgres:\/\//)
    expect(vps.asRoot('stat -c %a /home/deploy/helix/shared/env/*').split('\n').filter(Boolean)).toContain(
      '600',
    )
  }, 60_000)
})
