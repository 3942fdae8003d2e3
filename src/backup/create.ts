import type { SigningKey } from '../audit/checkpoints/signing-keys.ts'
import type { Mode } from '../config/mode.ts'
import { release } from '../config/package.ts'
import type { BulkTransaction, Database } from '../db/database.ts'
import { notForLong, stoppable } from '../db/stopping.ts'
import { unhurried } from '../db/unhurried.ts'
import { asHelixError, HelixError } from '../errors.ts'
import { writeArchive } from './archive.ts'
import { type Destination, textBytes } from './destinations/destination.ts'
import { directoryDestination } from './destinations/directory.ts'
import { archiveName, type Manifest, manifestName, newBackupId, signManifest } from './manifest.ts'
import { makeScratch, sweepScratch } from './scratch.ts'
import { seal } from './seal.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'
import { EXCLUDED } from './tables.ts'
import { createTallier } from './tally.ts'

export interface BackupDeps {
  db: Database
  mode: Mode
  dataDir: string
  destination: Destination
  /** age1… */
  recipients: readonly string[]
  /** What signs the manifest. */
  key: SigningKey
  /** Stops it; nothing of it is left here then, and away no more than what `prune` removes. */
  signal?: AbortSignal
}

export interface BackupOptions {
  /** The name it gets; one of now unless told. */
  id?: string
  /** Why it is made, in a few words. */
  reason: string
  onTable?: ((name: string, bytes: number) => void) | undefined
}

/**
 * Makes one backup of everything Helix owns, as of one moment. The manifest comes last: what was cut short before it is
 * no backup, and is listed as none.
 * @throws HelixError `backup_failed` when it could not be written, and those of the database
 */
export async function createBackup(deps: BackupDeps, options: BackupOptions): Promise<Manifest> {
  const { destination, mode, recipients, key } = deps
  const at = new Date()
  const id = options.id ?? newBackupId(at)
  const name = archiveName(id)
  try {
    const { snapshot, archive } = await writeLocally(deps, name, options)
    const manifest = signManifest(
      {
        ...{ format: 1, id, at: at.toISOString(), reason: options.reason, helix: release(), mode },
        ...{ server: snapshot.server, chain: snapshot.chain, sequences: snapshot.sequences },
        schema: { version: snapshot.migrations.at(-1) ?? '', migrations: snapshot.migrations },
        archive: { name, ...archive, compression: 'zstd', encryption: 'age', recipients: [...recipients] },
        ...{ tables: snapshot.tables, files: snapshot.files, excluded: [...EXCLUDED] },
      },
      key,
    )
    await destination.put(manifestName(id), textBytes(`${JSON.stringify(manifest, null, 2)}\n`))
    return manifest
  } catch (cause) {
    throw asBackupFailure(cause, destination.name)
  }
}

/** Failures that say why a backup was not made, rather than what is wrong with the database. */
const OF_THE_PLACE: readonly string[] = ['internal', 'host_failed', 'host_timeout', 'host_unreachable']

/** Nothing waits for a network while the snapshot is held: what goes far away is laid down here first. */
async function writeLocally(deps: BackupDeps, name: string, options: BackupOptions) {
  const { destination, dataDir, signal } = deps
  if (!destination.remote) {
    await sweepScratch(dataDir)
    return writeSnapshot(deps, destination, name, options).catch(async (thrown) => {
      // It may be stopped, or its transaction fail, once the archive is written.
      await destination.remove(name).catch(() => {})
      throw thrown
    })
  }
  const spool = await makeScratch(dataDir, 'backup-spool')
  const here = directoryDestination(spool.folder)
  try {
    const written = await writeSnapshot(deps, here, name, options)
    await notForLong(destination.put(name, stoppable(here.get(name), signal)), signal)
    return written
  } finally {
    await spool.remove()
  }
}

function writeSnapshot(
  { db, dataDir, recipients, signal }: BackupDeps,
  place: Destination,
  name: string,
  { onTable }: BackupOptions,
) {
  const write = async (tx: BulkTransaction) => {
    const snapshot: Snapshot = await takeSnapshot(tx, { dataDir, onTable })
    const tallier = createTallier({ byRow: false })
    const sealed = seal(writeArchive(snapshot.parts()), recipients)
    await place.put(name, tallier.through(sealed))
    const { bytes, sha256 } = tallier.result()
    return { snapshot, archive: { bytes, sha256 } }
  }
  // A place may take long to force the last bytes to disk, and nothing is asked of the database by then.
  return db.bulk((tx) => unhurried(tx, db.engine, () => write(tx)), { snapshot: true, signal })
}

function asBackupFailure(cause: unknown, place: string): HelixError {
  const known = asHelixError(cause)
  if (!OF_THE_PLACE.includes(known.code)) return known
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HelixError('backup_failed', `The backup to ${place} was not made: ${why}`, {
    hint: 'Nothing of it counts as a backup. Mend what it says and run helix backup create again.',
    next: ['helix backup create'],
    cause,
  })
}
