import type { Mode } from '../../config/mode.ts'
import { bootstrap } from '../bootstrap.ts'
import type { Database } from '../database.ts'
import { applyMigration } from './apply.ts'
import { compareVersions, type Migration, readMigrations } from './files.ts'
import { adopt, ensureLedger, readLedger } from './ledger.ts'
import { findOrigin, refuseForeign } from './origin.ts'
import { makePlan, type Plan } from './plan.ts'

export interface MigrateOptions {
  /** Hosted Supabase has its own roles and schema auth; the other two are given them first. */
  mode: Mode
  /** Where the migrations are; those of this Helix, unless told. */
  directory?: string
  /** Name of a database that is neither empty nor Helix's, to migrate it all the same. */
  confirm?: string | undefined
  onProgress?: (progress: MigrateProgress) => void
  /** The version to stop at, as a backup has it; the newest unless told. */
  upTo?: string
}

/** What the migrator is doing: `place` of `total`, from 1. */
export interface MigrateProgress {
  event: 'applying' | 'applied'
  version: string
  file: string
  place: number
  total: number
}

export interface MigrateResult {
  /** Versions applied now, in order. */
  applied: string[]
  /** Versions another tool had applied, known to Helix from now on. */
  adopted: string[]
  /** Whether roles, schema auth and publication were made or renewed. */
  bootstrapped: boolean
}

const LOCK = 'helix.migrate'
const LOCK_WAIT_MS = 60_000

/**
 * Brings the database up to the migrations: one process at a time, one transaction a file. What a pasted launch
 * guide made is upgraded in place. Connections opened before the first migration must be opened anew after it.
 * @throws HelixError `migration_refused`, `migration_failed`, `database_foreign`, `schema_ahead`, `lock_held`.
 */
export async function migrate(db: Database, options: MigrateOptions): Promise<MigrateResult> {
  const { directory, upTo } = options
  const migrations = readMigrations(directory).filter(
    ({ version }) => upTo === undefined || compareVersions(version, upTo) <= 0,
  )
  return db.lock(LOCK, () => migrateLocked(db, migrations, options), { waitMs: LOCK_WAIT_MS })
}

async function migrateLocked(
  db: Database,
  migrations: readonly Migration[],
  { mode, confirm, onProgress }: MigrateOptions,
): Promise<MigrateResult> {
  const { plan, bootstrapped } = await db.transaction('owner', async (tx) => {
    const ledger = await readLedger(tx)
    const { origin, tables } = await findOrigin(tx, migrations, ledger)
    if (origin === 'foreign') await refuseForeign(tx, tables, confirm)
    const plan = makePlan(migrations, ledger)
    await ensureLedger(tx)
    const bootstrapped = mode !== 'supabase' && (await bootstrap(tx))
    for (const migration of plan.adopted) await adopt(tx, migration)
    return { plan, bootstrapped }
  })
  await applyAll(db, plan, onProgress)
  return { applied: versions(plan.pending), adopted: versions(plan.adopted), bootstrapped }
}

async function applyAll(
  db: Database,
  { pending }: Plan,
  onProgress: MigrateOptions['onProgress'],
): Promise<void> {
  for (const [index, migration] of pending.entries()) {
    const { version, file } = migration
    const progress = { version, file, place: index + 1, total: pending.length }
    onProgress?.({ event: 'applying', ...progress })
    await applyMigration(db, migration)
    onProgress?.({ event: 'applied', ...progress })
  }
}

function versions(migrations: readonly Migration[]): string[] {
  return migrations.map(({ version }) => version)
}
