import type { Mode } from '../config/mode.ts'
import type { Database } from '../db/database.ts'
import { readMigrations } from '../db/migrations/files.ts'
import { migrate } from '../db/migrations/migrate.ts'
import { HelixError } from '../errors.ts'
import type { Manifest } from './manifest.ts'
import { schemaOf } from './schema.ts'
import { ownTables, qualified } from './tables.ts'

/** Refuses what this Helix is too old to read. @throws HelixError `schema_ahead` */
export function assertReadable({ id, schema, helix }: Pick<Manifest, 'id' | 'schema' | 'helix'>): void {
  const known = new Set(readMigrations().map(({ version }) => version))
  const unknown = schema.migrations.filter((version) => !known.has(version))
  if (unknown.length === 0) return
  throw new HelixError(
    'schema_ahead',
    `${id} has the schema ${schema.version}, which this Helix does not know`,
    {
      hint: `Install the Helix that made it (${helix}) or a newer one.`,
      details: { schema: schema.version, unknown },
    },
  )
}

/** Whether tables have to go to reach the schema of the backup: no migration goes backwards. */
export function losesTables(present: readonly string[], { schema }: Pick<Manifest, 'schema'>): boolean {
  const wanted = new Set(schema.migrations)
  return present.some((version) => !wanted.has(version))
}

interface ReachOptions {
  mode: Mode
  confirm: string | undefined
  /** Told once the tables are gone for good. */
  onRemoved?: () => void
}

/** Brings an empty, older, equal or newer database to exactly the schema of the backup; a newer one loses its tables. */
export async function reachSchema(
  db: Database,
  { schema }: Pick<Manifest, 'schema'>,
  { mode, confirm, onRemoved }: ReachOptions,
): Promise<void> {
  const present = await db.transaction('owner', schemaOf)
  if (losesTables(present, { schema })) {
    await removeSchema(db, mode)
    onRemoved?.()
  }
  await migrate(db, { mode, confirm, upTo: schema.version })
}

/** Removes everything of Helix; other applications' tables and Supabase's own schema auth stay. */
export async function removeSchema(db: Database, mode: Mode): Promise<void> {
  await db.transaction('owner', async (tx) => {
    const tables = (await ownTables(tx)).map((name) => qualified({ schema: 'public', name }))
    if (tables.length > 0) await tx.script(`drop table ${tables.join(', ')} cascade`)
    await tx.script(`drop schema if exists helix cascade; drop schema if exists supabase_migrations cascade`)
    if (mode !== 'supabase') await tx.script('drop schema if exists auth cascade')
  })
}
