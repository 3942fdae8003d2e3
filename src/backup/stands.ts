import type { BulkTransaction } from '../db/database.ts'
import { OWN_IN_AUTH } from '../db/own-tables.ts'
import { HelixError } from '../errors.ts'
import type { TableFacts } from './manifest.ts'
import { columnList, type KeptTable, keptTables, qualified, tableName } from './tables.ts'
import { createTallier } from './tally.ts'

/** Bytes of a table that are asked for at once, as it lies on disk; an embedded database answers in one piece. */
const MOST_AT_ONCE = 4 * 1024 * 1024

/** How many rows a table has, and the digest of them whatever their order. */
export interface Stand {
  name: string
  rows: number
  digest: string
}

/** Rows of a table that lie together on disk. */
export interface Range {
  /** The first block they lie in. */
  block: number
  /** What COPY is told to write out. */
  source: string
}

/**
 * A table in pieces, none too large to be answered whole, in the order its rows lie in. One that grew a little has
 * mostly the pieces it had, and more: how many blocks make one is a power of two.
 */
export function rangesOf({ blocks, bytes, columns, ...table }: KeptTable): Range[] {
  const most = Math.max(1, (MOST_AT_ONCE * blocks) / Math.max(bytes, 1))
  const step = 2 ** Math.floor(Math.log2(most))
  const from = `(select ${columnList(columns)} from ${qualified(table)} where ctid >=`
  return Array.from({ length: Math.ceil(blocks / step) }, (_, place) => {
    const [block, end] = [place * step, (place + 1) * step]
    return { block, source: `${from} '(${block},0)'${end < blocks ? ` and ctid < '(${end},0)'` : ''})` }
  })
}

/** The rows of a table, in the order they lie in. */
export async function* rowsOf(tx: BulkTransaction, table: KeptTable): AsyncGenerator<Uint8Array> {
  for (const { source } of rangesOf(table)) yield* tx.copyOut(source)
}

/** How every table stands that a backup would hold. */
export async function tableStands(tx: BulkTransaction): Promise<Stand[]> {
  const stands: Stand[] = []
  for (const table of await keptTables(tx)) stands.push(await standOf(tx, table))
  return stands
}

async function standOf(tx: BulkTransaction, table: KeptTable): Promise<Stand> {
  const tallier = createTallier()
  for await (const _rows of tallier.through(rowsOf(tx, table)));
  const { rows, digest } = tallier.result()
  return { name: tableName(table), rows, digest }
}

interface Promised {
  tables: readonly TableFacts[]
  /** Where it came from, as a person knows it. */
  what: string
  /** What to do where it came out otherwise. */
  hint: string
  next: readonly string[]
}

/**
 * Reads every table back: each must hold what was promised; where its maker gave it other columns, as many rows.
 * @throws HelixError `restore_failed`
 */
export async function assertStands(
  tx: BulkTransaction,
  { tables, what, hint, next }: Promised,
): Promise<Stand[]> {
  const stands = await tableStands(tx)
  const kept = await keptTables(tx)
  for (const { name, rows, digest, columns } of tables) {
    const got = stands.find((stand) => stand.name === name)
    const same = kept.find((table) => tableName(table) === name)?.columns.join() === columns.join()
    if (got === undefined && OWN_IN_AUTH.includes(name)) continue
    if (got?.rows === rows && (got.digest === digest || !same)) continue
    const message = `${name} of ${what} came out otherwise: ${got?.rows ?? 'no'} rows, where ${rows} were read`
    throw new HelixError('restore_failed', message, { hint, next })
  }
  return stands
}
