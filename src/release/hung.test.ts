import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sshdUnavailable, startSshd } from '../../test/support/sshd.ts'
import { createJournal } from '../audit/journal.ts'
import { Secret } from '../config/secret.ts'
import type { Host } from '../shell/host.ts'
import { type Script, script } from '../shell/script.ts'
import { sshHost } from '../shell/ssh.ts'
import { type Bringing, bring, goOn } from './bring.ts'
import { NO_CARGO } from './cargo.ts'
import { databaseSteps } from './database-steps.ts'
import { type GatewayDeploy, gatewayTarget } from './deploy.ts'
import { acquireLock } from './lock.ts'
import type { Runner } from './vps/runner.ts'
import { systemd } from './vps/systemd.ts'

/** What waits, as for a disk that does not answer: it listens to no signal, and nothing finds it by its name. */
const stuck = (sleeping: string) => script(`trap '' TERM HUP\nexec ${sleeping}`)
/** In place of the limits of what hangs, in ms. */
const LIMIT_MS = 2_000

const name = `a machine that hangs${sshdUnavailable ? ` (${sshdUnavailable})` : ''}`

describe.skipIf(sshdUnavailable)(name, { timeout: 120_000 }, () => {
  let sshd: Awaited<ReturnType<typeof startSshd>>
  let host: Host
  let folder: string
  let sleeping: string
  /** What hangs there. */
  let hung: (keyof Runner)[]
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'helix-hung-'))
    await mkdir(join(folder, 'releases'))
    sleeping = `sleep 200.${randomInt(1e9)}`
    const reached = await sshHost(sshd, { endingMs: 2_000 })
    await reached.run(script('true'))
    const limit = ({ text }: Script) => (text.includes(sleeping) ? { timeoutMs: LIMIT_MS } : {})
    host = { ...reached, run: (act, options) => reached.run(act, { ...options, ...limit(act) }) }
  })
  afterEach(async () => {
    for (const pid of hanging()) process.kill(pid, 'SIGKILL')
    await host.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** The processes that hang there. */
  function hanging(): number[] {
    const lines = execFileSync('ps', ['-ww', '-eo', 'pid,args'], { encoding: 'utf8' }).split('\n')
    return lines.flatMap((line) => (line.endsWith(` ${sleeping}`) ? [Number.parseInt(line, 10)] : []))
  }

  function deploy(signal = new AbortController().signal): GatewayDeploy & Bringing {
    const act = (name: keyof Runner) => (hung.includes(name) ? stuck(sleeping) : script('true'))
    const runner: Runner = {
      ...systemd,
      lacks: () => [],
      receive: (_folder, release) => script('cat > /dev/null; mkdir -p "$1/releases/$2"', folder, release),
      start: () => ({ act: act('start'), input: '' }),
      stop: () => act('stop'),
    }
    return {
      release: 'r1',
      places: [{ host, folder, runner }],
      publicName: undefined,
      archive: NO_CARGO,
      settings: { env: new Secret(''), config: '' },
      database: databaseSteps({ pending: [], where: '', migrate: async () => {}, backup: undefined }),
      ...{ bootMs: 100, watchMs: 100, drainMs: 100, keep: 1 },
      ...{ reason: 'a test', by: 'ana@laptop', actor: 'cli:ana' },
      audit: createJournal(join(folder, 'journal.jsonl')),
      signal,
      note: () => {},
      onStep: () => {},
    }
  }

  const isThere = (path: string) =>
    access(join(folder, path)).then(
      () => true,
      () => false,
    )

  test('as a release is started ends the deploy, which is undone and says what was waited for', async () => {
    hung = ['start']
    const given = deploy()
    const began = performance.now()
    await expect(bring(gatewayTarget(given), given)).rejects.toMatchObject({
      code: 'rolled_back',
      message: 'r1 failed at boot and was undone; nothing was deployed before it',
      hint: expect.stringMatching(
        new RegExp(`^${sshd.host} took longer than 2 s to start r1\\. What runs there could not be ended`),
      ),
      details: { host: sshd.host, limitMs: LIMIT_MS, ended: false, step: 'boot' },
    })
    expect(performance.now() - began).toBeLessThan(60_000)
    expect(await isThere('releases/r1')).toBe(false)
  })

  test('also as it is undone ends the deploy with 6, and what hangs keeps the next one out until it has ended', async () => {
    hung = ['start', 'stop']
    const given = deploy()
    await expect(bring(gatewayTarget(given), given)).rejects.toMatchObject({
      code: 'rollback_failed',
      exit: 6,
      message: `r1 could not be undone: boot: ${sshd.host} took longer than 2 s to stop the release`,
      next: ['helix deploy gateway --resume', 'helix releases'],
    })
    const again = { owner: 'ana@laptop', reason: 'again', release: 'r1' }
    await expect(acquireLock(host, folder, again, { fenceSeconds: 0 })).rejects.toMatchObject({
      code: 'lock_held',
      details: { processes: hanging().map((pid) => `${pid} (sleep)`) },
    })
    for (const pid of hanging()) process.kill(pid, 'SIGKILL')
    hung = []
    await goOn(gatewayTarget(given), deploy())
    expect(await isThere('releases/r1')).toBe(false)
  })

  test('is left by whoever does not want to wait any longer, and the release undone', async () => {
    hung = ['start']
    const patient = await sshHost(sshd, { endingMs: 2_000 })
    const stop = new AbortController()
    const given = deploy(stop.signal)
    given.places = given.places.map((place) => ({ ...place, host: patient }))
    const brought = bring(gatewayTarget(given), given)
    brought.catch(() => {})
    await expect.poll(hanging, { timeout: 20_000 }).toHaveLength(1)
    const told = performance.now()
    stop.abort('SIGINT')
    await expect(brought).rejects.toMatchObject({
      code: 'rolled_back',
      hint: expect.stringContaining('It was asked to end (SIGINT)'),
    })
    expect(performance.now() - told).toBeLessThan(60_000)
    expect(await isThere('releases/r1')).toBe(false)
    await patient.close()
  })
})
