import type { Database, Queryable } from '../database.ts'
import { compareVersions, isAfter, type Migration, readMigrations } from './files.ts'
import { type Recorded, readLedger } from './ledger.ts'
import { findOrigin, type Origin } from './origin.ts'
import { makePlan, newest, type Plan, unreadable } from './plan.ts'
import { schemaAhead, schemaBehind } from './refusals.ts'

/** Where one migration stands; `missing` ones were applied and have no file here. */
export interface MigrationState {
  version: string
  name: string | null
  state: 'applied' | 'pending' | 'edited' | 'missing'
  appliedAt: Date | null
  durationMs: number | null
}

export interface SchemaStatus {
  origin: Origin
  /** Newest version the database has. */
  current: string | null
  /** Newest version there is a file for. */
  target: string | null
  migrations: MigrationState[]
}

export interface PendingPlan extends Plan {
  origin: Origin
  /** Tables of schema public that are there already. */
  tables: string[]
}

/** Every migration that has a file or was applied, in order; refuses nothing. */
export async function migrationStatus(db: Database, directory?: string): Promise<SchemaStatus> {
  const migrations = readMigrations(directory)
  return db.transaction('owner', async (tx) => {
    const ledger = await readLedger(tx)
    const { origin } = await findOrigin(tx, migrations, ledger)
    const files = new Map(migrations.map((migration) => [migration.version, migration]))
    const versions = [...new Set([...files.keys(), ...ledger.keys()])].sort(compareVersions)
    return {
      origin,
      current: newest([...ledger.keys()]) ?? null,
      target: migrations.at(-1)?.version ?? null,
      migrations: versions.map((version) => stateOf(version, files.get(version), ledger.get(version))),
    }
  })
}

/**
 * What `migrate` would apply, and to whose database.
 * @throws HelixError `migration_refused`, `schema_ahead` as `migrate` would.
 */
export async function pendingPlan(db: Database, directory?: string): Promise<PendingPlan> {
  const migrations = readMigrations(directory)
  return db.transaction('owner', async (tx) => {
    const ledger = await readLedger(tx)
    return { ...(await findOrigin(tx, migrations, ledger)), ...makePlan(migrations, ledger) }
  })
}

/**
 * Makes sure that the database has what this Helix was written for.
 * @throws HelixError `schema_behind`, `schema_ahead`, naming both versions.
 */
export async function assertSchema(db: Database, directory?: string): Promise<void> {
  const migrations = readMigrations(directory)
  const ledger = await db.transaction('owner', (tx: Queryable) => readLedger(tx))
  const target = migrations.at(-1)?.version
  const current = newest([...ledger.keys()])
  const ahead = [...ledger.keys()].filter((version) => isAfter(version, target))
  if (current !== undefined && unreadable(ahead, ledger).length > 0) throw schemaAhead(current, target)
  if (current === undefined || migrations.some(({ version }) => !ledger.has(version))) {
    throw schemaBehind(current, target)
  }
}

/**
 * Makes sure that a release which knows migrations up to `schema` can read the database.
 * @throws HelixError `schema_ahead`, naming both versions.
 */
export async function assertReadableBy(db: Database, schema: string): Promise<void> {
  const ledger = await db.transaction('owner', (tx: Queryable) => readLedger(tx))
  const versions = [...ledger.keys()]
  const ahead = versions.filter((version) => isAfter(version, schema))
  const current = newest(versions)
  if (current !== undefined && unreadable(ahead, ledger).length > 0) throw schemaAhead(current, schema)
}

function stateOf(
  version: string,
  file: Migration | undefined,
  recorded: Recorded | undefined,
): MigrationState {
  const { appliedAt = null, durationMs = null, sha256 = null } = recorded ?? {}
  const isEdited = file && sha256 !== null && sha256 !== file.sha256
  const applied = file === undefined ? 'missing' : isEdited ? 'edited' : 'applied'
  return {
    version,
    name: file?.name ?? recorded?.name ?? null,
    state: recorded === undefined ? 'pending' : applied,
    appliedAt,
    durationMs,
  }
}
