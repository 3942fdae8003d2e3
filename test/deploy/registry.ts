import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const PROGRAM = '/usr/bin/docker-registry'

/** Why there is no registry of images here; null when one can be started. */
export const registryUnavailable = existsSync(PROGRAM) ? null : 'no docker-registry'

/** A registry of images at an address of this machine, as Debian packages it. */
export async function startRegistry(address: string) {
  const folder = mkdtempSync(join(tmpdir(), 'helix-registry-'))
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'images') } },
    http: { addr: `${address}:5000` },
  }
  // JSON is YAML, too.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config))
  const server = spawn(PROGRAM, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' })
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`http://${address}:5000/v2/`).catch(() => undefined)
    if (answer?.ok) break
    if (tries > 100) throw new Error('The registry does not answer')
    await sleep(100)
  }
  return {
    name: `${address}:5000/helix`,
    stop(): void {
      server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
