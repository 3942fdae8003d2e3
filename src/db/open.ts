import { constants, cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { HelixError } from '../errors.ts'
import { openAttached } from './attached/client.ts'
import type { Database } from './database.ts'
import { type EmbeddedDatabase, openEmbedded } from './embedded.ts'
import { type MigrateOptions, type MigrateResult, migrate } from './migrations/migrate.ts'
import { pendingPlan } from './migrations/status.ts'
import { clusterFolder, hasCluster } from './pglite/cluster.ts'
import { readOwner } from './pglite/owner-lock.ts'
import { openPostgres } from './postgres.ts'
import { loadTemplate, makeOwn } from './template.ts'

/** Where the database is, as the configuration says. */
export interface DatabasePlace {
  mode: MigrateOptions['mode']
  /** Of the server; unused in embedded mode. */
  connectionString?: string | undefined
  /** Helix's data directory; unused otherwise. */
  dataDir: string
  /** Most connections to a server at once. */
  max?: number
}

export interface OpenDatabaseOptions {
  /** Brings the schema up to date first. */
  migrate?: boolean
  confirm?: string | undefined
  onProgress?: MigrateOptions['onProgress']
  /** Told the folder an embedded database was copied to before it was migrated. */
  onCopy?: ((folder: string) => void) | undefined
}

/**
 * Opens the database of a mode: a server's, or the embedded one, which is another process's when one owns it.
 * Whether the schema fits is `assertSchema`'s to say, unless it is brought up to date here.
 * @throws HelixError `database_unreachable`, `data_dir_in_use`, `config_invalid`, and those of `migrate`.
 */
export async function openDatabase(
  place: DatabasePlace,
  options: OpenDatabaseOptions = {},
): Promise<Database> {
  if (place.mode === 'embedded') return openOwnOrAttached(place, options)
  const connectionString = connectionOf(place)
  if (options.migrate) await migrateDatabase(place, options)
  return openPostgres({ connectionString, ...(place.max && { max: place.max }) })
}

/** Migrates the database of a mode, wherever it is, and closes it again. */
export async function migrateDatabase(
  place: DatabasePlace,
  options: OpenDatabaseOptions = {},
): Promise<MigrateResult> {
  const { onCopy } = options
  const db =
    place.mode === 'embedded'
      ? await openOwnOrAttached(place, { copy: true, ...(onCopy && { onCopy }) })
      : await openPostgres({ connectionString: connectionOf(place), max: 1 })
  try {
    return await migrate(db, { ...migrateOptions(options), mode: place.mode })
  } finally {
    await db.close()
  }
}

interface EmbeddedOpening extends OpenDatabaseOptions {
  /** Copies the database first when something is to be applied. */
  copy?: boolean
}

async function openOwnOrAttached(place: DatabasePlace, options: EmbeddedOpening): Promise<Database> {
  const socket = readOwner(place.dataDir)?.socket
  const attached = socket && (await openAttached(socket).catch(() => undefined))
  if (!attached) return openOwn(place, options)
  if (options.migrate) await migrate(attached, migrateOptions(options))
  return attached
}

async function openOwn({ dataDir }: DatabasePlace, options: EmbeddedOpening): Promise<EmbeddedDatabase> {
  const fresh = !hasCluster(dataDir)
  let db = await openEmbedded({ dataDir, template: fresh ? await loadTemplate() : undefined })
  try {
    if (fresh) await makeOwn(db)
    if ((options.migrate || options.copy) && !fresh) db = await copyBeforeMigration(db, dataDir, options)
    if (options.migrate) await migrate(db, migrateOptions(options))
    await db.enterGatewayRole()
    return db
  } catch (thrown) {
    await db.close()
    throw thrown
  }
}

function migrateOptions({ confirm, onProgress }: OpenDatabaseOptions): MigrateOptions {
  return { mode: 'embedded', confirm, ...(onProgress && { onProgress }) }
}

/** Files are copied only while the database is closed; nothing is copied when nothing is to be applied. */
async function copyBeforeMigration(
  db: EmbeddedDatabase,
  dataDir: string,
  { onCopy }: EmbeddedOpening,
): Promise<EmbeddedDatabase> {
  if ((await pendingPlan(db)).pending.length === 0) return db
  await db.close()
  const folder = join(dataDir, 'before-migration', new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ''))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  cpSync(clusterFolder(dataDir), join(folder, 'db'), { recursive: true, mode: constants.COPYFILE_FICLONE })
  onCopy?.(folder)
  return openEmbedded({ dataDir })
}

function connectionOf({ mode, connectionString }: DatabasePlace): string {
  if (connectionString) return connectionString
  throw new HelixError('config_invalid', `Mode ${mode} has no database address`, {
    hint: 'Set SUPABASE_DB_URL or DATABASE_URL to the connection string of the database.',
  })
}
