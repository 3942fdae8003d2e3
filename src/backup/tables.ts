import type { Queryable } from '../db/database.ts'
import { ACCOUNTS, IS_OWN } from '../db/own-tables.ts'
import { quoteIdentifier } from '../db/sql/quote.ts'

/** One table a backup holds. */
export interface KeptTable {
  schema: string
  name: string
  /** In their order, those the database computes itself left out. */
  columns: string[]
  /** Blocks of the table itself, and bytes with what is stored beside it. */
  blocks: number
  bytes: number
}

/** Tables of Helix whose rows mean nothing later or elsewhere. */
const PASSING: Readonly<Record<string, string>> = {
  leases: 'who does a job right now',
  audit_acts: 'acts under way; the log itself says how they ended',
}

/** What is never in a backup, and why, as its manifest says it. */
export const EXCLUDED: readonly { what: string; why: string }[] = [
  ...Object.entries(PASSING).map(([name, why]) => ({ what: `public.${name}`, why })),
  { what: 'unlogged tables', why: 'counts of rate limits and gateways, lost with any crash' },
  {
    what: 'sessions, refresh tokens and one-time links',
    why: 'a backup must not be able to sign anybody in; everyone signs in again',
  },
  { what: 'the schema itself', why: 'the migrations make it; their versions are in this manifest' },
]

/** The tables a backup holds, accounts first, then by name. */
export async function keptTables(q: Queryable): Promise<KeptTable[]> {
  return q.query<KeptTable & Record<string, unknown>>(
    `select n.nspname as schema, c.relname as name,
       pg_relation_size(c.oid) / current_setting('block_size')::int as blocks, pg_table_size(c.oid) as bytes,
       (select jsonb_agg(a.attname order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence = 'p' and (
       n.nspname = 'auth' and c.relname = any($1)
       or n.nspname = 'public' and c.relname <> all($2) and ${IS_OWN})
     order by n.nspname, array_position($1, c.relname::text), c.relname`,
    [ACCOUNTS, Object.keys(PASSING)],
  )
}

/** Everything of Helix in schema public, by name. */
export async function ownTables(q: Queryable): Promise<string[]> {
  const rows = await q.query<{ name: string }>(
    `select c.relname as name from pg_class c
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and ${IS_OWN} order by c.relname`,
  )
  return rows.map(({ name }) => name)
}

/** A sequence behind a column of the tables of a backup. */
export interface KeptSequence {
  name: string
  value: string
  called: boolean
}

/** Where the sequences of these tables stand. */
export async function keptSequences(q: Queryable, tables: readonly KeptTable[]): Promise<KeptSequence[]> {
  const found = await q.query<{ name: string }>(
    `select distinct s.oid::regclass::text as name
     from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
     where d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
       and d.refobjid = any(select to_regclass(t) from unnest($1::text[]) t)
     order by name`,
    [tables.map(qualified)],
  )
  const stand = async ({ name }: { name: string }) => {
    const rows = await q.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${name}`,
    )
    return rows.map((row) => ({ name, ...row }))
  }
  const stands: KeptSequence[] = []
  for (const each of found) stands.push(...(await stand(each)))
  return stands
}

/** A table as a manifest names it. */
export function tableName({ schema, name }: Pick<KeptTable, 'schema' | 'name'>): string {
  return `${schema}.${name}`
}

/** A table as SQL writes it. */
export function qualified({ schema, name }: { schema: string; name: string }): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`
}

/** Columns as SQL lists them. */
export function columnList(columns: readonly string[]): string {
  return columns.map(quoteIdentifier).join(', ')
}
