import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatewayFiles, pack } from '../deploy/archive.ts'
import { startMachine } from '../deploy/machine.ts'
import { installPm2, PM2, pm2Unavailable } from '../deploy/pm2.ts'
import { dataOf, type Machine, rootAt, testDeploys } from '../deploy/runs.ts'
import { type } from '../deploy/typed.ts'
import { servedBy } from '../deploy/unnoticed.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { vpsUnavailable } from '../support/vps.ts'

const missing = vpsUnavailable ?? postgresUnavailable ?? pm2Unavailable

describe.skipIf(missing)(`a deploy to a machine with PM2${missing ? ` (${missing})` : ''}`, () => {
  let machine: Machine
  let project: string
  let archive: string
  let token: string

  beforeAll(async () => {
    archive = pack(gatewayFiles()).file
    machine = await startMachine()
    project = await machine.project({ type: 'pm2' })
  }, 180_000)
  afterAll(() => machine?.stop(), 60_000)

  const deploy = (...args: string[]) => type(project, ['deploy', 'gateway', '--archive', archive, ...args])
  const serves = () => servedBy(machine.url)
  const there = (command: string) => rootAt(machine)(command)
  const asDeploy = (command: string) => there(`su - deploy -c ${JSON.stringify(command)}`)

  test('is refused where there is no PM2, with what to type', async () => {
    const refused = await deploy('--plan')
    expect(refused).toMatchObject({ code: 3 })
    expect(refused.stderr).toContain('npm install -g pm2')
    expect(refused.stderr).toContain('pm2 startup systemd')
    await installPm2(machine)
  })

  test('brings a first release', async () => {
    const brought = await deploy('--json')
    expect(brought.stderr + brought.stdout).toContain('"ok":true')
    expect(await serves()).toBe(dataOf(brought).release)
    token = await machine.person()
  })

  testDeploys(() => ({ machine, project, cargo: ['--archive', archive], token }), {
    killedIn: 'boot',
    processes: 'gateway start --socket',
    told: () => asDeploy('pm2 jlist; cat ~/.pm2/dump.pm2 ~/.pm2/pm2.log'),
    nothingElse: (_releases, serves) => expect(names()).toEqual([`helix-${serves}`]),
  })

  test('comes back with the machine, the release that serves alone', async () => {
    const before = await serves()
    // As when the power fails: nothing is ended in order. Then what the machine starts, starts.
    there('pkill -KILL -u deploy; systemctl start pm2-deploy')
    await expect.poll(() => serves().catch(() => ''), { timeout: 30_000 }).toBe(before)
    expect(names()).toEqual([`helix-${before}`])
  }, 120_000)

  /** The processes PM2 has. */
  function names(): string[] {
    const list = JSON.parse(asDeploy('pm2 jlist').split('\n').at(-1) as string) as { name: string }[]
    return list.map(({ name }) => name)
  }
})

describe.skipIf(pm2Unavailable)(
  `the guide’s line for PM2${pm2Unavailable ? ` (${pm2Unavailable})` : ''}`,
  () => {
    const home = mkdtempSync(join(tmpdir(), 'helix-pm2-'))
    let folder: string
    beforeAll(() => {
      folder = gatewayFiles()
    }, 180_000)
    afterAll(() => {
      shell(`${PM2} kill`)
      for (const each of [home, folder]) rmSync(each, { recursive: true, force: true })
    }, 60_000)

    function shell(line: string): string {
      const PATH = [dirname(PM2), dirname(process.execPath), process.env.PATH].join(':')
      return execFileSync('sh', ['-c', line], {
        cwd: folder,
        env: { PATH, HOME: home, PM2_HOME: join(home, '.pm2') },
        encoding: 'utf8',
      })
    }

    test('starts the gateway with .env.production, and ends it', async () => {
      const port = 20_000 + (process.pid % 10_000)
      const url = `http://127.0.0.1:${port}/health`
      const settings = [
        'NODE_ENV="production"',
        `PORT="${port}"`,
        'HELIX_MODE="embedded"',
        'HELIX_SIMULATE="1"',
      ]
      writeFileSync(join(folder, '.env.production'), `${settings.join('\n')}\n`, { mode: 0o600 })
      shell('pm2 start npm --name "helix-gateway" -- run start')
      const status = () =>
        fetch(url).then(
          (response) => response.json() as Promise<unknown>,
          () => 'nobody answers',
        )
      await expect.poll(status, { timeout: 60_000 }).toMatchObject({ status: 'ok', mode: 'embedded' })
      expect(
        shell('cat .pm2-log 2>/dev/null || pm2 logs helix-gateway --nostream --raw --lines 20'),
      ).toContain('"event":"ready"')
      shell('pm2 delete helix-gateway')
      await expect.poll(status, { timeout: 20_000 }).toBe('nobody answers')
    }, 120_000)
  },
)
