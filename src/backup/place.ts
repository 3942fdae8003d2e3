import type { Queryable } from '../db/database.ts'
import { OWN_IN_AUTH } from '../db/own-tables.ts'
import { HelixError } from '../errors.ts'
import { columnList, type KeptTable, qualified, tableName } from './tables.ts'

/** Where the rows of a table go, and which of their columns. */
export interface Place {
  target: KeptTable
  columns: readonly string[]
}

/**
 * Where rows read from a table go; nothing where nobody misses them. Accounts go between makers of schema auth: what both
 * know of a person goes over. @throws HelixError `restore_failed` where there is no place for them
 */
export function placeOf(
  tables: readonly KeptTable[],
  { table, columns }: { table: string; columns: readonly string[] },
): Place | undefined {
  const target = tables.find((kept) => tableName(kept) === table)
  if (target === undefined) {
    if (OWN_IN_AUTH.includes(table)) return undefined
    throw notThere(table)
  }
  const shared = columns.filter((column) => target.columns.includes(column))
  if (shared.length === columns.length || target.schema === 'auth') return { target, columns: shared }
  const lacking = columns.filter((column) => !shared.includes(column))
  throw notThere(`${table} (${lacking.join(', ')})`)
}

/** Columns as a table declares them that rows on their way to another are laid down in. */
export async function declared(q: Queryable, target: KeptTable, columns: readonly string[]): Promise<string> {
  const rows = await q.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [qualified(target)],
  )
  const types = new Map(rows.map(({ name, type }) => [name, type]))
  return columns.map((column) => `${columnList([column])} ${types.get(column) ?? 'text'}`).join(', ')
}

/** The statement that moves rows from where they were laid down to their place. */
export function moved({ target, columns }: Place, from: string): string {
  const list = columnList(columns)
  // As COPY does: numbers that the database else gives out itself stay what they were.
  return `insert into ${qualified(target)} (${list}) overriding system value select ${list} from ${from}`
}

/** The failure of rows for which a database has no place. */
export function notThere(what: string): HelixError {
  return new HelixError('restore_failed', `The database has no ${what}, which the backup has`, {
    hint: 'Restore into an empty database, with the Helix that made the backup.',
  })
}
