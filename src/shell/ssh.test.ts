import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { sshdUnavailable, startSshd } from '../../test/support/sshd.ts'
import { script } from './script.ts'
import { sshHost } from './ssh.ts'

describe.skipIf(sshdUnavailable)(`another machine${sshdUnavailable ? ` (${sshdUnavailable})` : ''}`, () => {
  let sshd: Awaited<ReturnType<typeof startSshd>>
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())

  test('is no longer listened to once a signal says so, also where the script there goes on', async () => {
    const host = await sshHost(sshd)
    const stop = new AbortController()
    let told = Number.POSITIVE_INFINITY
    // Beside an open stdin, and beside a shared connection, which keeps its stderr for as long as it runs.
    await host.run(script('true'))
    for await (const line of host.lines(script("trap '' TERM HUP\necho begun\nsleep 15"), stop.signal)) {
      expect(line).toBe('begun')
      told = performance.now()
      stop.abort('SIGINT')
    }
    await host.close()
    expect(performance.now() - told).toBeLessThan(7_000)
  })
})

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
