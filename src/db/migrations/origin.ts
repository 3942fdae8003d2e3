import { HelixError } from '../../errors.ts'
import type { Queryable } from '../database.ts'
import type { Migration } from './files.ts'
import { GUIDE_TABLES } from './guide.ts'
import type { Recorded } from './ledger.ts'

/** Whose a database is: nobody's yet, Helix's, made from the launch guide's SQL by hand, or another application's. */
export type Origin = 'empty' | 'helix' | 'guide' | 'foreign'

/** Tells whose the database is, and which tables of schema public somebody made. */
export async function findOrigin(
  q: Queryable,
  migrations: readonly Migration[],
  ledger: ReadonlyMap<string, Recorded>,
): Promise<{ origin: Origin; tables: string[] }> {
  const found = await userTables(q)
  const tables = found.map(({ name }) => name)
  if (isHelix(migrations, ledger)) return { origin: 'helix', tables }
  if (tables.length === 0) return { origin: 'empty', tables }
  return { origin: found.every(isGuideTable) ? 'guide' : 'foreign', tables }
}

/** @throws HelixError `database_foreign` unless `confirm` is the name of the database. */
export async function refuseForeign(
  q: Queryable,
  tables: readonly string[],
  confirm: string | undefined,
): Promise<void> {
  const [row] = await q.query<{ name: string }>('select current_database() as name')
  const name = row?.name ?? ''
  if (confirm === name) return
  const shown = tables.slice(0, 5).join(', ') + (tables.length > 5 ? ` and ${tables.length - 5} more` : '')
  throw new HelixError('database_foreign', `The database "${name}" is not Helix's: it holds ${shown}`, {
    hint: `Give Helix a database of its own; to put its tables beside these, add --confirm=${name}.`,
    next: [`helix db migrate --confirm=${name}`],
    details: { database: name, tables: [...tables] },
  })
}

/** Helix has seen a version, or another tool applied one of its files. */
function isHelix(migrations: readonly Migration[], ledger: ReadonlyMap<string, Recorded>): boolean {
  const seen = [...ledger.values()].some(({ sha256 }) => sha256 !== null)
  return seen || migrations.some(({ version }) => ledger.has(version))
}

interface UserTable {
  name: string
  columns: Record<string, string>
}

/** Tables and views of schema public, those of extensions left out. */
function userTables(q: Queryable): Promise<(UserTable & Record<string, unknown>)[]> {
  return q.query(`
    select c.relname as name,
      coalesce(jsonb_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)) filter (where a.attnum > 0), '{}') as columns
    from pg_class c
    left join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'f', 'v', 'm')
      and not exists (
        select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
      )
    group by c.relname
    order by c.relname`)
}

function isGuideTable({ name, columns }: UserTable): boolean {
  const guide = Object.hasOwn(GUIDE_TABLES, name) ? GUIDE_TABLES[name] : undefined
  return guide !== undefined && Object.entries(guide).every(([column, type]) => columns[column] === type)
}
