import { hash } from 'node:crypto'
import type { TableFacts } from '../backup/manifest.ts'
import { declared, moved, placeOf } from '../backup/place.ts'
import { rangesOf } from '../backup/stands.ts'
import { columnList, type KeptTable, keptTables, tableName } from '../backup/tables.ts'
import { createTallier } from '../backup/tally.ts'
import type { BulkTransaction, Database, Queryable, Transaction } from '../db/database.ts'
import { quoteIdentifier } from '../db/sql/quote.ts'

/** Where a target keeps what was brought of a copy that is not whole yet; only the owner of the database reads it. */
const STAGE = 'helix_copy'
/** What is brought within so long is kept at once, in ms: no more than that is lost by an interruption. */
const KEEP_MS = 3_000

/** Rows of one table that were brought in one piece. */
interface Piece {
  table: KeptTable
  block: number
  rows: Buffer
}

/** One table as it was read, and the pieces in which it lies in the target. */
interface StagedTable {
  facts: TableFacts
  pieces: number[]
}

export interface Staged {
  tables: StagedTable[]
  /** What was read, and how much of it an earlier copy had brought, in bytes. */
  bytes: number
  bytesFound: number
}

interface StageDeps {
  to: Database
  /** What the pieces fit: those of another schema are brought anew. */
  scope: string
  signal?: AbortSignal | undefined
  onTable?: ((name: string) => void) | undefined
}

/**
 * Brings tables into the target, beside what people see there, and keeps them every few seconds. A piece that an earlier,
 * interrupted copy brought is known by its place and its hash, and not brought again.
 */
export async function stageTables(
  source: BulkTransaction,
  tables: readonly KeptTable[],
  { to, scope, signal, onTable }: StageDeps,
): Promise<Staged> {
  const found = await openStage(to, scope)
  const targets = await to.transaction('owner', keptTables)
  const staged = new Map(tables.map((table) => [table, { pieces: [] as number[] }]))
  const facts = new Map<KeptTable, TableFacts>()
  const sum = { bytes: 0, bytesFound: 0 }

  async function keep(tx: BulkTransaction, { table, block, rows }: Piece): Promise<void> {
    const name = tableName(table)
    const target = placeOf(targets, { table: name, columns: table.columns })?.target
    if (target === undefined) return
    const sha256 = hash('sha256', rows)
    sum.bytes += rows.length
    const known = found.get(keyOf(name, block, sha256))
    if (known !== undefined) sum.bytesFound += rows.length
    staged.get(table)?.pieces.push(known ?? (await bring(tx, target, { table, block, rows }, sha256)))
  }

  const pieces = piecesOf(source, tables, facts, onTable)
  for (let next = await pieces.next(); !next.done; )
    next = await to.bulk(
      async (tx) => {
        const until = performance.now() + KEEP_MS
        let piece = next
        for (; !piece.done && performance.now() < until; piece = await pieces.next())
          await keep(tx, piece.value)
        return piece
      },
      { signal },
    )
  return {
    ...sum,
    tables: tables.map((table) => ({
      facts: facts.get(table) as TableFacts,
      pieces: staged.get(table)?.pieces ?? [],
    })),
  }
}

/** The rows of all tables in pieces; what each table came to is among the facts once it was read. */
async function* piecesOf(
  source: BulkTransaction,
  tables: readonly KeptTable[],
  facts: Map<KeptTable, TableFacts>,
  onTable?: (name: string) => void,
): AsyncGenerator<Piece, void> {
  for (const table of tables) {
    onTable?.(tableName(table))
    const tallier = createTallier()
    for (const { block, source: rowsOf } of rangesOf(table)) {
      const rows: Uint8Array[] = []
      for await (const chunk of tallier.through(source.copyOut(rowsOf))) rows.push(chunk)
      if (rows.length > 0) yield { table, block, rows: Buffer.concat(rows) }
    }
    facts.set(table, { name: tableName(table), columns: table.columns, ...tallier.result() })
  }
}

/** Lays a piece down; resolves to its number. */
async function bring(
  tx: BulkTransaction,
  target: KeptTable,
  { table, block, rows }: Piece,
  sha256: string,
): Promise<number> {
  const name = tableName(table)
  const place = stageOf(name)
  await tx.script(
    `create unlogged table if not exists ${place} (${await declared(tx, target, table.columns)}, helix_piece int);
     alter table ${place} enable row level security`,
  )
  const [piece] = await tx.query<{ id: number }>(
    `insert into ${STAGE}.pieces (source, block, sha256) values ($1, $2, $3) returning id`,
    [name, block, sha256],
  )
  const id = Number(piece?.id)
  await tx.script(`alter table ${place} alter column helix_piece set default ${id}`)
  await tx.copyIn(`${place} (${columnList(table.columns)})`, only(rows))
  return id
}

async function* only(rows: Buffer): AsyncGenerator<Uint8Array> {
  yield rows
}

/** Moves what was brought to where it belongs, in the transaction that makes it seen. */
export async function placeStaged(
  tx: Transaction,
  tables: readonly KeptTable[],
  staged: readonly StagedTable[],
): Promise<void> {
  for (const { facts, pieces } of staged) {
    const place = pieces.length > 0 && placeOf(tables, { table: facts.name, columns: facts.columns })
    if (place)
      await tx.query(`${moved(place, stageOf(facts.name))} where helix_piece = any($1::int[])`, [pieces])
  }
}

/** The pieces that are there, by what tells them apart; those that fit nothing any more are removed. */
async function openStage(to: Database, scope: string): Promise<Map<string, number>> {
  return to.transaction('owner', async (tx) => {
    if ((await scopeOf(tx)) !== scope) {
      await removeStage(tx)
      await tx.script(
        `create schema ${STAGE}; revoke all on schema ${STAGE} from public;
         create unlogged table ${STAGE}.scope (value text not null);
         create unlogged table ${STAGE}.pieces (
           id int generated always as identity primary key, source text not null, block bigint not null, sha256 text not null)`,
      )
      await tx.query(`insert into ${STAGE}.scope (value) values ($1)`, [scope])
    }
    const rows = await tx.query<{ id: number; source: string; block: number; sha256: string }>(
      `select id, source, block, sha256 from ${STAGE}.pieces`,
    )
    return new Map(rows.map(({ id, source, block, sha256 }) => [keyOf(source, block, sha256), id]))
  })
}

/** Nothing is left of an unlogged table where the server crashed: then its scope is not there either. */
async function scopeOf(q: Queryable): Promise<string | undefined> {
  const [there] = await q.query<{ there: boolean }>(
    `select to_regclass('${STAGE}.scope') is not null as there`,
  )
  if (!there?.there) return undefined
  const [scope] = await q.query<{ value: string }>(`select value from ${STAGE}.scope`)
  return scope?.value
}

/** Removes whatever a copy left in its target. */
export function removeStage(tx: Transaction): Promise<void> {
  return tx.script(`drop schema if exists ${STAGE} cascade`)
}

/** How much an interrupted copy left in a database, in bytes; nothing where none did. */
export async function stagedBytes(q: Queryable): Promise<number | undefined> {
  const [row] = await q.query<{ bytes: number | null }>(
    `select sum(pg_total_relation_size(oid))::bigint as bytes from pg_class
     where relkind = 'r' and relnamespace = to_regnamespace('${STAGE}')`,
  )
  return row?.bytes ?? undefined
}

const keyOf = (source: string, block: number, sha256: string) => `${source} ${block} ${sha256}`

const stageOf = (name: string) => `${STAGE}.${quoteIdentifier(name)}`
