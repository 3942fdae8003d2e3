import { execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest'
import { sshdUnavailable, startSshd } from '../../test/support/sshd.ts'
import { script } from './script.ts'
import { sshHost } from './ssh.ts'

describe.skipIf(sshdUnavailable)(`another machine${sshdUnavailable ? ` (${sshdUnavailable})` : ''}`, () => {
  let sshd: Awaited<ReturnType<typeof startSshd>>
  /** A command line of each test's own. */
  let sleeping: string
  beforeEach(() => {
    sleeping = `sleep 60.${randomInt(1e9)}`
  })
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())

  /** The machine with a connection that is there already; closed with the test. */
  async function connected(options?: Parameters<typeof sshHost>[1]) {
    const host = await sshHost(sshd, options)
    onTestFinished(() => host.close())
    await host.run(script('true'))
    return host
  }

  test('is no longer listened to once a signal says so, also where the script there goes on', async () => {
    const host = await connected()
    const stop = new AbortController()
    let told = Number.POSITIVE_INFINITY
    // Beside an open stdin, and beside a shared connection, which keeps its stderr for as long as it runs.
    for await (const line of host.lines(script("trap '' TERM HUP\necho begun\nsleep 15"), stop.signal)) {
      expect(line).toBe('begun')
      told = performance.now()
      stop.abort('SIGINT')
    }
    await host.close()
    expect(performance.now() - told).toBeLessThan(7_000)
  })

  test('has a script ended that is out of time and does not listen, and its failure says so', async () => {
    const host = await connected()
    const deaf = script(`trap '' TERM HUP\n${sleeping}\n${sleeping}`)
    await expect(host.run(deaf, { what: 'start r1', timeoutMs: 1_500 })).rejects.toMatchObject({
      code: 'host_timeout',
      message: `${sshd.host} took longer than 1.5 s to start r1`,
      hint: 'What ran there was ended.',
      details: { host: sshd.host, limitMs: 1_500, ended: true },
    })
    expect(running(sleeping)).toBe(0)
  })

  test('is no longer waited for where a script is out of time and cannot be ended', async () => {
    const host = await connected({ endingMs: 2_000 })
    // What nothing finds, nothing ends; as if it waited for a disk that does not answer.
    const stuck = script(`trap '' TERM HUP\nexec ${sleeping}`)
    const began = performance.now()
    await expect(host.run(stuck, { what: 'start r1', timeoutMs: 1_500 })).rejects.toMatchObject({
      code: 'host_timeout',
      hint: expect.stringContaining('could not be ended and may still go on'),
      next: [expect.stringMatching(`^ssh ${sshd.host} pgrep -fa helix-`)],
      details: { ended: false },
    })
    await host.close()
    expect(performance.now() - began).toBeLessThan(30_000)
    await expect.poll(() => connectionsTo(sshd.port)).toBe(0)
  })

  test('is let go of on a signal also where the script cannot be ended', async () => {
    const host = await connected({ endingMs: 2_000 })
    const stop = new AbortController()
    const stopped = host.run(script(`trap '' TERM HUP\nexec ${sleeping}`), { signal: stop.signal })
    await expect.poll(() => running(sleeping), { timeout: 10_000 }).toBe(1)
    const told = performance.now()
    stop.abort('SIGINT')
    await expect(stopped).rejects.toBe('SIGINT')
    await host.close()
    expect(performance.now() - told).toBeLessThan(30_000)
    await expect.poll(() => connectionsTo(sshd.port)).toBe(0)
  })

  test('leaves neither connection nor folder behind where this process ends at once', async () => {
    const { port, host, identityFile, knownHostsFile } = sshd
    const destination = JSON.stringify({ port, host, identityFile, knownHostsFile })
    const text = `import { sshHost } from ${JSON.stringify(new URL('./ssh.ts', import.meta.url))}
      const host = await sshHost(${destination})
      process.on('SIGTERM', () => process.exit(143))
      await host.run({ text: 'exec ${sleeping}', words: [] })`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', text])
    onTestFinished(() => void child.kill('SIGKILL'))
    await expect.poll(() => running(sleeping), { timeout: 10_000 }).toBe(1)
    const client = commandLines().find((line) => line.startsWith('ssh ') && line.includes(identityFile))
    const folder = /ControlPath=(\S+)\/c/.exec(client ?? '')?.[1] ?? ''
    expect([existsSync(folder), connectionsTo(port)]).toEqual([true, 1])
    child.kill()
    expect((await once(child, 'exit'))[0]).toBe(143)
    expect(existsSync(folder)).toBe(false)
    await expect.poll(() => connectionsTo(port)).toBe(0)
  })
})

/** Of every process of this machine. */
function commandLines(): string[] {
  return execFileSync('ps', ['-ww', '-eo', 'args'], { encoding: 'utf8' }).split('\n')
}

/** How many processes of this machine were started with just these words. */
function running(words: string): number {
  return commandLines().filter((line) => line === words).length
}

/** How many connections lead from here to a port. */
function connectionsTo(port: number): number {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n')
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , to, state]) => to?.endsWith(end) && state === '01').length
}

describe('a connection that does not answer', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'helix-ssh-test-'))
    await writeFile(join(folder, 'ssh'), '#!/bin/sh\nexec sleep 15')
    await chmod(join(folder, 'ssh'), 0o755)
  })
  afterEach(() => vi.unstubAllEnvs())
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('is given up within seconds where it is closed', async () => {
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
    const host = await sshHost({ host: 'deploy@example.com' })
    const before = performance.now()
    await host.close()
    expect(performance.now() - before).toBeLessThan(6_000)
  })
})
