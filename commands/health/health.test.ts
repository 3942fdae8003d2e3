import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CheckState, Health } from '../../src/contract/health.ts'
import { type StrictDiscord, startDiscord } from '../../test/discord/discord.ts'
import type { Channel, Webhook } from '../../test/discord/world.ts'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { helix } from '../../test/support/host.ts'
import { tempProject } from '../../test/support/project.ts'
import { json, type ScriptedGateway, scriptedGateway } from '../../test/support/scripted-gateway.ts'

const NOBODY = 'http://127.0.0.1:9'
const AT_ONCE = ['--tries', '1', '--timeout', '2']

function healthOf(status: Health['status'], checks: Record<string, CheckState> = {}): Health {
  return {
    ...{ status, release: '1.2.3', mode: 'postgres', simulated: false, uptimeSeconds: 90, maintenance: null },
    checks: { database: 'ok', claude: 'ok', discord: 'ok', heartbeat: 'ok', ...checks },
  }
}

describe('helix health', () => {
  let discord: StrictDiscord
  let channel: Channel
  let webhook: Webhook
  let gateway: ScriptedGateway
  let answer: Health
  let project: string
  beforeAll(async () => {
    discord = await startDiscord({ limits: { route: { requests: 1_000, ms: 10_000 } } })
  })
  afterAll(() => discord.close())
  beforeEach(async () => {
    channel = discord.addChannel('helix-alerts')
    webhook = discord.addWebhook(channel)
    answer = healthOf('ok')
    gateway = await scriptedGateway(() => json(answer, answer.status === 'down' ? 503 : 200))
    project = await mkdtemp(join(tmpdir(), 'helix-watcher-'))
  })
  afterEach(async () => {
    await gateway.close()
    await rm(project, { recursive: true, force: true })
  })

  const health = (argv: string[] = [], host = gateway.url) =>
    helix(['health', '--host', host, ...AT_ONCE, ...argv], {
      cwd: project,
      environment: {
        HOME: project,
        HELIX_DISCORD_API: discord.api,
        DISCORD_WEBHOOK_ALERTS: discord.addressOf(webhook),
      },
    })
  const titles = () => discord.messages(channel.id).map(({ embeds }) => embeds[0]?.title)

  it('says how a gateway is, and nothing with --quiet while all is well', async () => {
    const seen = await health()
    expect([seen.exit, seen.stderr]).toEqual([0, ''])
    expect(seen.stdout).toMatch(/^✔ http:\/\/127\.0\.0\.1:\d+ {2}ok {2}\d+ ms, release 1\.2\.3, up 2 min\n/)
    expect(seen.stdout).toContain('database ok · claude ok · discord ok · heartbeat ok')
    expect(await health(['--quiet'])).toEqual({ exit: 0, stdout: '', stderr: '' })
    expect(titles()).toEqual([])
  })

  it.each([
    ['a database that is away', healthOf('down', { database: 'down' }), 'database down'],
    ['failing replies', healthOf('degraded', { claude: 'degraded' }), 'claude degraded'],
    ['a heartbeat that is missing', healthOf('degraded', { heartbeat: 'degraded' }), 'heartbeat degraded'],
    ['a gateway that is about to end', healthOf('draining'), 'gateway draining'],
    ['what it does not know', healthOf('degraded', { disk: 'degraded' }), 'disk is degraded'],
  ])('ends with 1 at %s', async (_what, said, shown) => {
    answer = said
    const seen = await health(['--quiet'])
    expect(seen.exit).toBe(1)
    expect(seen.stdout).toContain(shown)
    expect(seen.stderr).toContain('Not well:')
    const { ok, code, data } = JSON.parse((await health(['--json'])).stdout)
    expect([ok, code, data.hosts[0].ok]).toEqual([false, 'findings', false])
  })

  it.each<[string, unknown]>([
    ['is well in words of its own', { status: 'UP', checks: [] }],
    ['has nothing to tell', { ...healthOf('ok'), checks: null }],
    ['writes to the terminal', { ...healthOf('ok'), status: '\u001b[2Jok' }],
    ['names a part so', { ...healthOf('ok'), checks: { '\u001b[31mdatabase': 'down' } }],
    ['says a word', 'ok'],
    ['says null', null],
  ])('takes a service that %s for no Helix, and looks at the others all the same', async (_what, said) => {
    const other = await scriptedGateway(() => json(said))
    const seen = await health(['--host', other.url, '--timeout', '2'])
    await other.close()
    expect(seen.exit).toBe(1)
    expect(seen.stdout).toContain('gateway unreachable')
    expect(seen.stdout).toContain(`✔ ${gateway.url}`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    expect(seen.stdout).not.toMatch(/\u001b/)
  })

  it('takes planned maintenance for well, whatever the parts say', async () => {
    answer = healthOf('maintenance', { database: 'down' })
    expect((await health()).exit).toBe(0)
    expect(titles()).toEqual([])
  })

  it('tells Discord once that nobody answers, and once that it is well again, with no gateway in between', async () => {
    const { url } = gateway
    await gateway.close()
    const first = await health([], url)
    expect(first.exit).toBe(1)
    expect(first.stdout).toContain('#helix-alerts was told')
    expect((await health([], url)).stdout).not.toContain('#helix-alerts')
    expect(titles()).toEqual([`✖ ${new URL(url).host} is unreachable`])
    gateway = await scriptedGateway(() => json(answer))
    await health([], gateway.url)
    expect(titles(), 'another host that was always well').toHaveLength(1)
  })

  it('tells each change, the last that it is over and how long it was', async () => {
    answer = healthOf('degraded', { claude: 'degraded' })
    await health()
    answer = healthOf('down', { database: 'down', claude: 'degraded' })
    await health()
    answer = healthOf('ok')
    await health()
    await health()
    const { host } = new URL(gateway.url)
    expect(titles()).toEqual([`✖ ${host} is not well`, `✖ ${host} is down`, `✔ ${host} is well again`])
    const [, down, well] = discord.messages(channel.id).map(({ embeds }) => embeds[0])
    expect(down?.description).toContain('database down: the database does not answer')
    expect(well?.description).toMatch(/^It was not for \d+ s\.$/)
    // The first was written down before there was a data directory.
    const journals = await Promise.all(
      ['.config/helix', '.helix'].map((folder) => readFile(join(project, folder, 'journal.jsonl'), 'utf8')),
    )
    expect(journals.join().match(/"kind":"health\.alert\.start"/g)).toHaveLength(3)
  })

  it('tells what Discord did not take with the next run, and calls nobody', async () => {
    answer = healthOf('degraded', { claude: 'degraded' })
    answer.release = '@everyone `x`'
    const end = discord.fail({ kind: 'status', status: 400 })
    const failed = await health()
    expect([failed.exit, titles()]).toEqual([1, []])
    expect(failed.stdout).toContain('#helix-alerts was not told')
    end()
    await health()
    expect(titles()).toHaveLength(1)
    expect(discord.pings).toEqual([])
    expect(failed.stdout + failed.stderr).not.toContain(webhook.token)
  })

  it('only looks with --no-alert', async () => {
    expect((await health(['--no-alert'], NOBODY)).exit).toBe(1)
    expect(titles()).toEqual([])
  })

  it('believes what is wrong only once it was so several times', async () => {
    const flaky = await scriptedGateway((_asked, n) => json(n < 2 ? healthOf('draining') : answer))
    const options = ['--tries', '3', '--pause', '0']
    expect((await helix(['health', '--host', flaky.url, ...options], { cwd: project })).exit).toBe(0)
    expect(flaky.asked).toHaveLength(3)
    await flaky.close()
  })

  it('names what is slow', async () => {
    const slow = await scriptedGateway(() => (request, response, body) => {
      setTimeout(() => json(answer)(request, response, body), 150)
    })
    const cwd = tempProject({ 'helix.config.ts': 'export default { thresholds: { responseMs: 100 } }' })
    const seen = await helix(['health', '--host', slow.url, ...AT_ONCE], { cwd })
    expect([seen.exit, seen.stdout]).toEqual([
      1,
      expect.stringMatching(/response slow: \/health took \d+ ms/),
    ])
    await slow.close()
  })

  it('says that it knows no gateway, and what it does not understand', async () => {
    expect(await helix(['health'], {})).toMatchObject({ exit: 1, stderr: expect.stringContaining('--host') })
    expect((await helix(['health', '--host', 'ftp://x'], {})).exit).toBe(2)
  })
})

describe('helix health of a real gateway', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
  })
  afterAll(() => gateway.close())

  it('finds it well', async () => {
    const seen = await helix(['health', '--url', gateway.url, '--json'], {})
    expect(JSON.parse(seen.stdout)).toMatchObject({
      ok: true,
      data: {
        hosts: [
          {
            host: gateway.url,
            ok: true,
            checks: { database: 'ok', claude: 'ok', discord: 'off', heartbeat: 'ok' },
            certificateDays: null,
          },
        ],
        alerts: [],
      },
    })
  })
})
