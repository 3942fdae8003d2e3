import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { generateX25519Identity } from 'age-encryption'
import { expect, it, onTestFinished } from 'vitest'
import { directoryDestination } from '../../src/backup/destinations/directory.ts'
import { listBackups } from '../../src/backup/list.ts'
import { checkParts } from '../../src/backup/read.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { createDatabase, postgresUnavailable } from '../support/postgres.ts'

const PROCESS = fileURLToPath(new URL('../../bench/support/backup-process.ts', import.meta.url))
const KILLS = Number(process.env.HELIX_FAULTS ?? 12)
/** So many that reading, sealing and writing each take a part of the time that a kill may fall into. */
const ROWS = 120_000

it.skipIf(postgresUnavailable)(
  `a backup killed at any point lists as none, or is whole (${postgresUnavailable ?? 'found'})`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'helix-backup-kills-'))
    const database = await createDatabase({ migrated: true })
    onTestFinished(async () => {
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    })
    await fill(database.url)
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

    let [none, whole, amidRows] = [0, 0, 0]
    // Chance may have them all come before the first row: then some more.
    for (let kill = 1; kill <= KILLS || (amidRows === 0 && kill <= 4 * KILLS); kill += 1) {
      const place = directoryDestination(join(folder, `k${kill}`))
      const { child, done } = begin(place.name)
      await Promise.race([sleep(randomInt(Math.ceil(takes * 1.3))), done])
      child.kill('SIGKILL')
      await done
      const listed = await listBackups(place)
      if (listed.length === 0) none += 1
      else whole += 1
      for (const { manifest, damage } of listed) {
        expect(damage, `kill ${kill}`).toBeUndefined()
        if (manifest) await checkParts(place, manifest, [identity])
      }
      const drafts = await readdir(place.name).catch(() => [])
      if (drafts.some((name) => name.endsWith('.helix.age.part'))) amidRows += 1
    }
    process.stderr.write(
      `${KILLS} kills: ${none} left no backup, ${whole} a whole one; ${amidRows} fell while it was written\n`,
    )
    expect(amidRows).toBeGreaterThan(0)
  },
)

async function fill(connectionString: string): Promise<void> {
  const db = await openPostgres({ connectionString, max: 1 })
  await db.transaction('owner', (tx) =>
    tx.script(
      `insert into public.settings (key, value)
       select 'row-' || i, to_jsonb(md5(i::text) || md5((i * 7)::text) || md5((i * 13)::text)) from generate_series(1, ${ROWS}) i`,
    ),
  )
  await db.close()
}
