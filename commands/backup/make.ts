import { createBackup } from '../../src/backup/create.ts'
import type { Destination } from '../../src/backup/destinations/destination.ts'
import { type Manifest, newBackupId } from '../../src/backup/manifest.ts'
import { noteBackup } from '../../src/backup/records.ts'
import type { Database } from '../../src/db/database.ts'
import type { Context } from '../context.ts'
import { backupDeps, openDestination } from './place.ts'

/** What a command must say that it does, to make a backup. */
export const BACKUP_ACTS = ['backup.create.start', 'file.write.start'] as const

/** Makes a backup, where the configuration says unless told, written down before and after. */
export async function makeBackup(
  context: Context,
  db: Database,
  { reason, destination: given }: { reason: string; destination?: Destination },
): Promise<Manifest & { to: string }> {
  const destination = given ?? (await openDestination(context, undefined))
  const deps = await backupDeps(context, db, destination)
  const id = newBackupId(new Date())
  const manifest = await context.log().act(
    'backup.create.start',
    { id, to: destination.name, reason },
    () => createBackup(deps, { id, reason, onTable: (name) => context.note(`Reading ${name}`) }),
    ({ archive, chain }) => ({ bytes: archive.bytes, sha256: archive.sha256, seq: chain.seq }),
  )
  await noteBackup(db, manifest, destination.name)
  return { ...manifest, to: destination.name }
}
