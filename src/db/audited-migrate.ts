import { readLogId } from '../audit/append.ts'
import { type Audit, auditOver } from '../audit/audit.ts'
import { createJournal } from '../audit/journal.ts'
import { chainPlace, type EntryPlace } from '../audit/place.ts'
import { asHelixError } from '../errors.ts'
import type { Database } from './database.ts'
import { type MigrateResult, migrate } from './migrations/migrate.ts'
import { pendingPlan } from './migrations/status.ts'
import { type DatabasePlace, migrateDatabase, type OpenDatabaseOptions, openDatabase } from './open.ts'
import { hasCluster } from './pglite/cluster.ts'

export interface AuditedMigrateOptions extends Omit<OpenDatabaseOptions, 'migrate'> {
  /** Who migrates, as entries name them. */
  actor: string
  /** The journal, for a database that has no chain yet. */
  journal: string
  /** The versions that are to be applied. */
  pending: readonly string[]
}

/**
 * Migrates the database of a mode and writes that down before and after: on its own chain, or in the journal
 * where there is none yet. No database may be open: each entry opens and closes it, as the migration does.
 * @throws HelixError those of `migrate`; `audit_unavailable`, and then nothing was done.
 */
export async function migrateAudited(
  place: DatabasePlace,
  { actor, journal, pending, ...options }: AuditedMigrateOptions,
): Promise<MigrateResult> {
  const audit = (await chainOf(place)) ?? createJournal(journal)
  return audit.act(
    { channel: 'commands', kind: 'db.migrate.start', actor, data: { mode: place.mode, pending } },
    () => migrateDatabase(place, options),
    ({ applied, adopted, bootstrapped }) => ({ applied, adopted, bootstrapped }),
  )
}

/**
 * Opens the database of a mode, brought up to date; what has to be applied is written down before and after.
 * @throws HelixError those of `openDatabase` and `migrateAudited`
 */
export async function openMigrated(
  place: DatabasePlace,
  options: Omit<AuditedMigrateOptions, 'pending'>,
): Promise<Database> {
  const db = await openDatabase(place)
  const pending = await pendingVersions(db, place).catch(async (thrown) => {
    await db.close()
    throw thrown
  })
  if (pending.length === 0) return db
  await db.close()
  await migrateAudited(place, { ...options, pending })
  return openDatabase(place)
}

/** What is to be applied; with nothing of that, what hosted Supabase would bring is still brought up to date. */
async function pendingVersions(db: Database, { mode }: DatabasePlace): Promise<string[]> {
  const { pending } = await pendingPlan(db)
  if (pending.length === 0) await migrate(db, { mode })
  return pending.map(({ version }) => version)
}

async function chainOf(place: DatabasePlace): Promise<Audit | undefined> {
  if (place.mode === 'embedded' && !hasCluster(place.dataDir)) return undefined
  const log = await withDatabase(place, (db) => readLogId(db).catch(none))
  if (log === undefined) return undefined
  const once = <T>(write: (chain: EntryPlace) => Promise<T>) =>
    withDatabase(place, (db) => write(chainPlace(db, log)))
  return auditOver({
    append: (entry) => once((chain) => chain.append(entry)),
    begin: (entry) => once((chain) => chain.begin(entry)),
    renew: (seq) => (place.mode === 'embedded' ? Promise.resolve() : once((chain) => chain.renew(seq))),
    end: (seq, entry) => once((chain) => chain.end(seq, entry)),
  })
}

/** There is no log before the first migration. */
function none(thrown: unknown): undefined {
  if (asHelixError(thrown).code !== 'schema_behind') throw thrown
}

async function withDatabase<T>(place: DatabasePlace, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ ...place, max: 1 })
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}
