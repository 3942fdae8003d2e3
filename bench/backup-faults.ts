/**
 * Ends backups by SIGKILL at random points, cuts and flips what was written, and looks whether any of it lists as good.
 *
 *   node bench/backup-faults.ts [--kills 60] [--rows 60000]
 *
 * Ends with 1 where a backup that lists as good is not whole, or damage was not found.
 */
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generateX25519Identity } from 'age-encryption'
import { directoryDestination } from '../src/backup/destinations/directory.ts'
import { listBackups } from '../src/backup/list.ts'
import { checkFile, checkParts } from '../src/backup/read.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { createDatabase } from '../test/support/postgres.ts'

const PROCESS = fileURLToPath(new URL('./support/backup-process.ts', import.meta.url))
const { values } = parseArgs({ options: { kills: { type: 'string' }, rows: { type: 'string' } } })
const kills = Number(values.kills ?? 60)
const rows = Number(values.rows ?? 60_000)
const say = (text: string) => process.stderr.write(`${text}\n`)

const folder = mkdtempSync(join(tmpdir(), 'helix-bench-faults-'))
const database = await createDatabase({ migrated: true })
const identity = await generateX25519Identity()
const wrong: string[] = []
try {
  await fill()
  const whole = join(folder, 'whole')
  const started = performance.now()
  await begin(whole).done
  const takes = performance.now() - started
  const destination = directoryDestination(whole)
  const [good] = await listBackups(destination)
  if (!good?.manifest) throw new Error('the backup that nobody disturbed is none')
  say(`An undisturbed backup takes ${takes.toFixed(0)} ms`)

  let [cut, finished] = [0, 0]
  for (let kill = 1; kill <= kills; kill += 1) {
    const place = join(folder, `k${kill}`)
    const { child, done } = begin(place)
    await Promise.race([sleep(randomInt(Math.ceil(takes * 1.05))), done])
    child.kill('SIGKILL')
    await done
    const left = directoryDestination(place)
    for (const { id, manifest, damage } of await listBackups(left)) {
      if (damage !== undefined || !manifest) continue
      finished += 1
      await checkParts(left, manifest, [identity]).catch((thrown) =>
        wrong.push(`kill ${kill}: ${id}: ${thrown.message}`),
      )
    }
    if ((await listBackups(left)).length === 0) cut += 1
    rmSync(place, { recursive: true, force: true })
  }
  say(
    `${kills} kills: ${cut} left no backup, ${finished} left a whole one, ${wrong.length} left one that is not`,
  )

  const path = join(whole, good.manifest.archive.name)
  const bytes = readFileSync(path)
  let found = 0
  for (let round = 0; round < kills; round += 1) {
    const at = randomInt(bytes.length)
    const changed = Buffer.from(round % 2 === 0 ? bytes : bytes.subarray(0, at))
    if (round % 2 === 0) changed[at] = (changed[at] ?? 0) ^ (1 << randomInt(8))
    writeFileSync(path, changed)
    await checkFile(destination, good.manifest).then(
      () => wrong.push(`${round % 2 === 0 ? 'a flipped bit' : 'a cut'} at ${at} was not found`),
      () => {
        found += 1
      },
    )
  }
  say(`${kills} flipped bits and cuts: ${found} found`)
} finally {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(`${JSON.stringify({ kills, wrong })}\n`)
process.exitCode = wrong.length > 0 ? 1 : 0

function begin(place: string) {
  const child = spawn(process.execPath, [PROCESS, 'create', database.url, place, identity], {
    stdio: 'ignore',
  })
  return { child, done: once(child, 'exit') }
}

async function fill(): Promise<void> {
  const db = await openPostgres({ connectionString: database.url, max: 1 })
  await db.transaction('owner', (tx) =>
    tx.script(
      `insert into public.settings (key, value)
       select 'row-' || i, to_jsonb(md5(i::text) || md5((i * 7)::text) || md5((i * 13)::text)) from generate_series(1, ${rows}) i`,
    ),
  )
  await db.close()
}
