import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { createDatabase, postgresUnavailable } from '../../test/support/postgres.ts'
import { newSigningKey } from '../audit/checkpoints/signing-keys.ts'
import type { Database } from '../db/database.ts'
import { openEmbedded } from '../db/embedded.ts'
import { openPostgres } from '../db/postgres.ts'
import { loadTemplate } from '../db/template.ts'
import { createBackup } from './create.ts'
import type { Destination } from './destinations/destination.ts'
import { directoryDestination } from './destinations/directory.ts'
import { listBackups } from './list.ts'
import { archiveName } from './manifest.ts'

const identity = await generateX25519Identity()
const folder = mkdtempSync(join(tmpdir(), 'helix-slow-place-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A folder on a disk that takes so long to force the last bytes of a file down. */
function slowFolder(ms: number): Destination {
  const there = directoryDestination(mkdtempSync(join(folder, 'd-')))
  return {
    ...there,
    async put(name, bytes) {
      await there.put(name, bytes)
      await sleep(ms)
    },
  }
}

async function backUp(db: Database, destination: Destination) {
  const recipients = [await identityToRecipient(identity)]
  const mode = db.engine === 'pglite' ? 'embedded' : 'postgres'
  const deps = { db, mode, dataDir: folder, destination, recipients, key: newSigningKey() } as const
  return createBackup(deps, { reason: 'test' })
}

it('backs an embedded database up to a disk that takes longer at its end than a transaction may rest', async () => {
  const db = await openEmbedded({ dataDir: 'memory://', template: await loadTemplate(), leaseMs: 3_000 })
  onTestFinished(() => db.close())
  const destination = slowFolder(4_000)
  const { id } = await backUp(db, destination)
  expect(await listBackups(destination)).toMatchObject([{ id, damage: undefined }])
}, 60_000)

it.skipIf(postgresUnavailable)(
  `and one of a server that ends what rests${postgresUnavailable ? ` (${postgresUnavailable})` : ''}`,
  async () => {
    const { url, drop } = await createDatabase({ migrated: true })
    onTestFinished(drop)
    const db = await openPostgres({ connectionString: url, max: 2 })
    onTestFinished(() => db.close())
    const name = new URL(url).pathname.slice(1)
    await db.transaction('owner', (tx) =>
      tx.script(`alter database ${name} set idle_in_transaction_session_timeout = '300ms'`),
    )
    const destination = slowFolder(1_000)
    const { id } = await backUp(db, destination)
    expect(await listBackups(destination)).toMatchObject([{ id, damage: undefined }])
  },
  60_000,
)

it('leaves no archive where it is stopped once that is written', async () => {
  const db = await openEmbedded({ dataDir: 'memory://', template: await loadTemplate() })
  onTestFinished(() => db.close())
  const there = slowFolder(0)
  const stop = new AbortController()
  const put: Destination['put'] = (name, bytes) => there.put(name, bytes).then(() => stop.abort())
  const recipients = [await identityToRecipient(identity)]
  const deps = { db, mode: 'embedded', dataDir: folder, recipients, key: newSigningKey() } as const
  const made = createBackup(
    { ...deps, destination: { ...there, put }, signal: stop.signal },
    { id: '20260101T031700Z-aaaaaa', reason: 'test' },
  )
  await expect(made).rejects.toMatchObject({ code: 'stopped' })
  expect((await there.list()).map((file) => file.name)).not.toContain(archiveName('20260101T031700Z-aaaaaa'))
})
