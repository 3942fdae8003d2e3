import type { SigningKey } from '../audit/checkpoints/signing-keys.ts'
import { release } from '../config/package.ts'
import type { Database } from '../db/database.ts'
import { openEmbedded } from '../db/embedded.ts'
import { findOrigin } from '../db/migrations/origin.ts'
import { openPostgres } from '../db/postgres.ts'
import { notForLong } from '../db/stopping.ts'
import { loadTemplate } from '../db/template.ts'
import { HelixError } from '../errors.ts'
import type { Destination } from './destinations/destination.ts'
import { textBytes } from './destinations/destination.ts'
import { type Manifest, proofName } from './manifest.ts'
import type { Proof } from './proof.ts'
import { removeSchema } from './reset.ts'
import { restoreBackup } from './restore.ts'
import { serverOf } from './schema.ts'
import { makeScratch } from './scratch.ts'
import { signDocument } from './signed.ts'

export interface DrillDeps {
  destination: Destination
  identities: readonly string[]
  /** Who proves it, as entries name them. */
  actor: string
  key: SigningKey
  dataDir: string
  /** Connection string of an empty PostgreSQL database; without one, an embedded database is made and thrown away. */
  into?: string | undefined
  /** Stops it; the database it made is thrown away then, one that was named is empty again. */
  signal?: AbortSignal
}

/**
 * Proves that a backup can be restored: restores it into an empty database, reads every table back, verifies the chain,
 * measures, and lays the evidence beside the backup. A database that was named is empty again where that fails.
 * @throws HelixError as `restoreBackup`; `precondition_failed` where the database to restore into is not empty
 */
export async function drill(
  deps: DrillDeps,
  manifest: Manifest,
  onTable?: (name: string) => void,
): Promise<Proof> {
  const { destination, identities, actor, key, dataDir, signal } = deps
  const at = new Date()
  const scratch = await openDatabase(deps)
  try {
    const started = performance.now()
    const mode = scratch.db.engine === 'pglite' ? 'embedded' : 'postgres'
    const given = {
      db: scratch.db,
      mode,
      destination,
      identities,
      actor,
      confirm: undefined,
      readBack: true,
      dataDir,
      ...(signal && { signal }),
    } as const
    const { tables } = await restoreBackup(given, manifest, onTable)
    const proof = {
      ...{ format: 1 as const, backup: manifest.id, archive: manifest.archive.sha256, at: at.toISOString() },
      ...{ helix: release(), by: actor, into: await shownServer(scratch.db), tables, chain: manifest.chain },
      rpoSeconds: Math.max(0, Math.round((at.getTime() - Date.parse(manifest.at)) / 1_000)),
      restoreMs: Math.round(performance.now() - started),
    }
    const signed = signDocument(proof, 'proof', key)
    const evidence = textBytes(`${JSON.stringify(signed, null, 2)}\n`)
    await notForLong(destination.put(proofName(manifest.id), evidence), signal)
    return signed
  } catch (thrown) {
    await scratch.clear()
    throw thrown
  } finally {
    await scratch.close()
  }
}

interface DrillDatabase {
  db: Database
  /** Takes out again what was put in, where `close` does not. */
  clear(): Promise<void>
  close(): Promise<void>
}

async function openDatabase({ into, dataDir }: DrillDeps): Promise<DrillDatabase> {
  if (into !== undefined) return openEmpty(into)
  const { folder, remove } = await makeScratch(dataDir, 'drill')
  const db = await openEmbedded({ dataDir: folder, template: await loadTemplate() }).catch(async (thrown) => {
    await remove()
    throw thrown
  })
  return { db, clear: async () => {}, close: () => db.close().finally(remove) }
}

async function openEmpty(connectionString: string): Promise<DrillDatabase> {
  const db = await openPostgres({ connectionString, max: 2 })
  const { origin, tables } = await db.transaction('owner', (tx) => findOrigin(tx, [], new Map()))
  // What made it fail matters more than that it could not be emptied; the next drill says that it is not empty.
  const clear = () => removeSchema(db, 'postgres').catch(() => {})
  if (origin === 'empty') return { db, clear, close: () => db.close() }
  await db.close()
  throw new HelixError(
    'precondition_failed',
    `The database to restore into is not empty: it has ${tables.length} tables`,
    {
      hint: 'Make a new one for each drill, such as with createdb, and drop it afterwards.',
    },
  )
}

async function shownServer(db: Database): Promise<string> {
  return `${db.engine === 'pglite' ? 'embedded ' : ''}${await serverOf(db)}`
}
