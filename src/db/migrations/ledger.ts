import type { Queryable, Transaction } from '../database.ts'
import type { Migration } from './files.ts'

/** What the database knows of one applied migration. */
export interface Recorded {
  version: string
  name: string | null
  /** Null where another tool recorded the version without them. */
  statements: string[] | null
  /** Null until Helix has seen the version. */
  sha256: string | null
  appliedAt: Date | null
  durationMs: number | null
}

/** The book-keeping tables: the Supabase CLI's, as it makes them itself, and Helix's own. */
export const LEDGER = `create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
create schema if not exists helix;
create table if not exists helix.migration_checksums (
  version text primary key,
  sha256 text not null,
  applied_at timestamptz,
  duration_ms integer
);
create table if not exists helix.bootstrap (
  file text primary key,
  sha256 text not null,
  applied_at timestamptz not null default now()
);`

/** Makes the book-keeping tables where they are missing. */
export async function ensureLedger(tx: Transaction): Promise<void> {
  await tx.script(LEDGER)
}

/** Everything recorded, by version; empty where there are no book-keeping tables. */
export async function readLedger(q: Queryable): Promise<Map<string, Recorded>> {
  const records = await rowsIfTable<{ version: string; name?: string | null; statements?: string[] | null }>(
    q,
    'supabase_migrations.schema_migrations',
  )
  const checksums = await rowsIfTable<{
    version: string
    sha256: string
    applied_at: string | null
    duration_ms: number | null
  }>(q, 'helix.migration_checksums')
  const known = new Map(checksums.map((row) => [row.version, row]))
  return new Map(
    records.map(({ version, name = null, statements = null }) => {
      const { sha256 = null, applied_at = null, duration_ms = null } = known.get(version) ?? {}
      const appliedAt = applied_at === null ? null : new Date(applied_at)
      return [version, { version, name, statements, sha256, appliedAt, durationMs: duration_ms }]
    }),
  )
}

/** Records an applied migration, as the Supabase CLI would, and its checksum. */
export async function record(tx: Queryable, migration: Migration, durationMs: number): Promise<void> {
  await tx.query(
    `insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)`,
    [migration.version, migration.name, migration.statements.map(({ text }) => text)],
  )
  await tx.query(
    `insert into helix.migration_checksums (version, sha256, applied_at, duration_ms) values ($1, $2, now(), $3)
     on conflict (version) do update
     set sha256 = excluded.sha256, applied_at = excluded.applied_at, duration_ms = excluded.duration_ms`,
    [migration.version, migration.sha256, Math.round(durationMs)],
  )
}

/** Remembers the checksum of a migration that another tool applied; when that was, nobody noted. */
export async function adopt(tx: Queryable, { version, sha256 }: Migration): Promise<void> {
  await tx.query(
    `insert into helix.migration_checksums (version, sha256) values ($1, $2) on conflict (version) do nothing`,
    [version, sha256],
  )
}

async function rowsIfTable<T>(q: Queryable, table: string): Promise<T[]> {
  const [found] = await q.query<{ there: boolean }>('select to_regclass($1) is not null as there', [table])
  if (!found?.there) return []
  // Whole rows, because older tools made the table with fewer columns.
  return (await q.query<{ row: unknown }>(`select to_jsonb(t) as row from ${table} t`)).map(
    ({ row }) => row as T,
  )
}
