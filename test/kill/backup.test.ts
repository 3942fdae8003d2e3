import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { generateX25519Identity } from 'age-encryption'
import { expect, it, onTestFinished } from 'vitest'
import { directoryDestination } from '../../src/backup/destinations/directory.ts'
import { listBackups } from '../../src/backup/list.ts'
import { checkParts } from '../../src/backup/read.ts'
import { createDatabase, postgresUnavailable } from '../support/postgres.ts'

const PROCESS = fileURLToPath(new URL('../../bench/support/backup-process.ts', import.meta.url))
const KILLS = 12

it.skipIf(postgresUnavailable)(
  `a backup killed at any point lists as none, or is whole (${postgresUnavailable ?? 'found'})`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'helix-backup-kills-'))
    const database = await createDatabase({ migrated: true })
    onTestFinished(async () => {
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    })
    const identity = await generateX25519Identity()
    const begin = (place: string) => {
      const child = spawn(process.execPath, [PROCESS, 'create', database.url, place, identity], {
        stdio: 'ignore',
      })
      return { child, done: once(child, 'exit') }
    }
    const started = performance.now()
    await begin(join(folder, 'whole')).done
    const takes = performance.now() - started
    expect(await listBackups(directoryDestination(join(folder, 'whole')))).toHaveLength(1)

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const place = directoryDestination(join(folder, `k${kill}`))
      const { child, done } = begin(place.name)
      await Promise.race([sleep(randomInt(Math.ceil(takes * 1.05))), done])
      child.kill('SIGKILL')
      await done
      for (const { manifest, damage } of await listBackups(place)) {
        expect(damage, `kill ${kill}`).toBeUndefined()
        if (manifest) await checkParts(place, manifest, [identity])
      }
    }
  },
)
