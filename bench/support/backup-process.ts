/**
 * Makes one backup, or restores it, in a process of its own; prints how long that took and the most memory it held.
 *
 *   node bench/support/backup-process.ts create|restore <database url> <folder> <age identity>
 */
import { identityToRecipient } from 'age-encryption'
import { newSigningKey } from '../../src/audit/checkpoints/signing-keys.ts'
import { createBackup } from '../../src/backup/create.ts'
import { directoryDestination } from '../../src/backup/destinations/directory.ts'
import { findBackup } from '../../src/backup/list.ts'
import { restoreBackup } from '../../src/backup/restore.ts'
import { openPostgres } from '../../src/db/postgres.ts'

const [what, connectionString = '', folder = '', identity = ''] = process.argv.slice(2)
const db = await openPostgres({ connectionString, max: 2 })
const destination = directoryDestination(folder)
const started = performance.now()
if (what === 'create') {
  const key = newSigningKey()
  const recipients = [await identityToRecipient(identity)]
  await createBackup(
    { db, mode: 'postgres', dataDir: folder, destination, recipients, key },
    { reason: 'bench' },
  )
} else {
  const manifest = await findBackup(destination, 'latest')
  await restoreBackup(
    {
      db,
      mode: 'postgres',
      dataDir: folder,
      destination,
      identities: [identity],
      actor: 'cli:bench',
      confirm: undefined,
    },
    manifest,
  )
}
const ms = performance.now() - started
await db.close()
const rssMiB = process.resourceUsage().maxRSS / 1024
process.stdout.write(`${JSON.stringify({ ms, rssMiB })}\n`)
