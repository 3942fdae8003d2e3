import { type Head, readHead } from '../audit/append.ts'
import { continueLog } from '../audit/continue.ts'
import { verifyDatabase } from '../audit/verify-database.ts'
import type { Mode } from '../config/mode.ts'
import type { BulkTransaction, Database, Queryable } from '../db/database.ts'
import { migrate } from '../db/migrations/migrate.ts'
import { asHelixError, HelixError } from '../errors.ts'
import type { Destination } from './destinations/destination.ts'
import { unlockFactors } from './factors.ts'
import { loadParts } from './load.ts'
import type { Manifest } from './manifest.ts'
import { checkOpens, checkParts, readParts, withArchive } from './read.ts'
import { assertReadable, reachSchema } from './reset.ts'
import { schemaOf } from './schema.ts'
import { assertStands, type Stand } from './stands.ts'

export interface RestoreDeps {
  db: Database
  mode: Mode
  destination: Destination
  identities: readonly string[]
  /** Who restores, as entries name them. */
  actor: string
  /** Name of a database that is neither empty nor Helix's, to restore beside what it holds. */
  confirm: string | undefined
  /** The backup of what there was before, where one was made. */
  safety?: string | null
  /** Where an archive of another machine is laid down first. */
  dataDir: string
  /** Stops it before anything is committed. */
  signal?: AbortSignal
  /** Reads every table back, in the same transaction, and holds it to the manifest too. */
  readBack?: boolean
}

export interface Restored {
  /** The log the restored database goes on under. */
  chain: Head
  rows: number
  /** Keys of the installation that were in the backup. */
  files: Map<string, Buffer>
  /** What came out of each table, where it was read back. */
  tables: Stand[]
}

/**
 * Puts a backup in place of everything Helix has in the database, in one transaction, and starts a new log that names
 * the old one; an older schema is then migrated. What does not come out as the manifest says, or whose chain does not
 * hold, is taken back whole. Only where the database is newer than the backup do its tables go before: whatever fails
 * then says that it is empty, and how to go back.
 * @throws HelixError `backup_damaged`, `schema_ahead`, `restore_failed`, and those of `migrate`
 */
export async function restoreBackup(
  deps: RestoreDeps,
  manifest: Manifest,
  onTable?: (name: string) => void,
): Promise<Restored> {
  assertReadable(manifest)
  return withArchive(deps, manifest, (near) => restoreFrom(near, deps, manifest, onTable))
}

async function restoreFrom(
  near: Pick<Destination, 'get'>,
  deps: RestoreDeps,
  manifest: Manifest,
  onTable?: (name: string) => void,
): Promise<Restored> {
  const { db, mode, identities, confirm } = deps
  const present = await db.transaction('owner', schemaOf)
  const check = checkBefore(present, manifest)
  await check(near, manifest, identities)
  let removed = false
  const onRemoved = () => {
    removed = true
  }
  const load = async () => {
    await reachSchema(db, manifest, { mode, confirm, onRemoved })
    return loadWhole(near, deps, manifest, onTable)
  }
  const restored = await load().catch((thrown) => {
    throw removed ? leftEmpty(thrown, deps) : thrown
  })
  await migrate(db, { mode })
  return restored
}

/**
 * How much of the archive is read before the database is touched: where a schema has to change, nothing would bring the
 * tables of now back; where there are none, or the same, a load that fails takes back every row.
 */
function checkBefore(present: readonly string[], { schema }: Manifest) {
  const stays = present.length === 0 || present.join() === schema.migrations.join()
  return stays ? checkOpens : checkParts
}

/** The same failure, of a database whose newer tables were gone by then. */
function leftEmpty(thrown: unknown, { safety }: Pick<RestoreDeps, 'safety'>): HelixError {
  const { code, message, details } = asHelixError(thrown)
  // Who stopped it must hear of this all the same.
  const told = code === 'stopped' ? 'restore_failed' : code
  const back = safety ? `helix restore ${safety}` : undefined
  const way = back ? `Go back to what there was: ${back}.` : 'Restore another backup: helix backup list.'
  return new HelixError(told, message, {
    hint: `The database is empty now: its tables were newer than the backup and had to go first. ${way}`,
    next: [back ?? 'helix backup list'],
    ...(details && { details }),
    cause: thrown,
  })
}

async function loadWhole(
  near: Pick<Destination, 'get'>,
  { db, mode, identities, actor, readBack, signal }: RestoreDeps,
  manifest: Manifest,
  onTable?: (name: string) => void,
): Promise<Restored> {
  try {
    return await db.bulk(
      async (tx) => {
        const parts = readParts(near, manifest, identities)
        const files = await loadParts(tx, { engine: db.engine, manifest, parts, onTable })
        const tables = readBack ? await assertTables(tx, manifest) : []
        await assertChain(tx, `the backup ${manifest.id}`, manifest.chain)
        await unlockFactors(tx, { from: manifest.mode, to: mode, files })
        const chain = await continueLog(tx, { actor, backup: manifest.id })
        return { chain, rows: rowsOf(manifest), files, tables }
      },
      { signal },
    )
  } catch (cause) {
    throw asRestoreFailure(cause, manifest)
  }
}

export function rowsOf({ tables }: Manifest): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0)
}

/** Whether the database holds anything that a restore would take away. */
export async function holdsData(q: Queryable): Promise<boolean> {
  if ((await schemaOf(q)).length === 0) return false
  const [found] = await q.query<{ found: boolean }>(
    `select exists (select from auth.users) or exists (select from public.audit_entries) as found`,
  )
  return found?.found ?? false
}

function assertTables(tx: BulkTransaction, { id, tables }: Manifest): Promise<Stand[]> {
  return assertStands(tx, {
    ...{ tables, what: `the backup ${id}` },
    hint: 'Nothing was changed. Keep this backup as evidence and take an older one.',
    next: ['helix backup list'],
  })
}

/** The chain must end there, and hold up to there. @throws HelixError `restore_failed` */
export async function assertChain(
  tx: Pick<BulkTransaction, 'query'>,
  what: string,
  chain: Manifest['chain'],
): Promise<void> {
  const head = await readHead(tx)
  if (head.log !== chain.log || head.seq !== chain.seq || head.hash !== chain.hash) {
    throw broken(what, `it ends at ${head.seq} of ${head.log} instead of ${chain.seq} of ${chain.log}`)
  }
  const { findings } = await verifyDatabase(tx)
  const wrong = findings.find(({ kind }) => kind !== 'open_intent')
  if (wrong) throw broken(what, wrong.message)
}

function broken(what: string, why: string): HelixError {
  return new HelixError('restore_failed', `The audit chain in ${what} does not hold: ${why}`, {
    hint: 'Nothing was changed. Take an older backup, and keep this one as evidence.',
    next: ['helix backup list'],
  })
}

function asRestoreFailure(cause: unknown, { id }: Manifest): HelixError {
  const known = asHelixError(cause)
  if (known.code !== 'internal') return known
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HelixError('restore_failed', `The backup ${id} could not be restored: ${why}`, {
    hint: 'The rows there were before are untouched. Mend what it says, and try again.',
    cause,
  })
}
