import type { Queryable } from '../db/database.ts'
import { compareVersions } from '../db/migrations/files.ts'

/** The migrations a database has, in order; none where it has no tables of Helix. */
export async function schemaOf(q: Queryable): Promise<string[]> {
  const [there] = await q.query<{ there: boolean }>(
    `select to_regclass('supabase_migrations.schema_migrations') is not null as there`,
  )
  if (!there?.there) return []
  const rows = await q.query<{ version: string }>('select version from supabase_migrations.schema_migrations')
  return rows.map(({ version }) => version).sort(compareVersions)
}

/** What serves a database, and its version. */
export async function serverOf(q: Queryable): Promise<string> {
  const [row] = await q.query<{ version: string }>(`select current_setting('server_version') as version`)
  return `PostgreSQL ${row?.version ?? ''}`
}
