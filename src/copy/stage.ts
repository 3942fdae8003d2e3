import type { TableFacts } from '../backup/manifest.ts'
import { declared, moved, placeOf } from '../backup/place.ts'
import { columnList, type KeptTable, tableName } from '../backup/tables.ts'
import type { BulkTransaction, Database, Queryable, Transaction } from '../db/database.ts'
import { quoteIdentifier } from '../db/sql/quote.ts'
import { only } from '../db/whole-rows.ts'
import { keyOf, type Piece, type PieceKey } from './pieces.ts'

/** Where a target keeps what was brought of a copy that is not whole yet; only the owner of the database reads it. */
const STAGE = 'helix_copy'

/** One table as it was read, and the pieces in which it lies in the target. */
export interface StagedTable {
  facts: TableFacts
  pieces: number[]
}

/** Lays pieces down, each in the transaction given; resolves to its number. */
export function bringing(targets: readonly KeptTable[]) {
  const made = new Set<string>()

  async function make(tx: BulkTransaction, { columns, ...table }: KeptTable): Promise<void> {
    const name = tableName(table)
    const target = targets.find((kept) => tableName(kept) === name)
    if (target === undefined || made.has(name)) return
    await tx.script(
      `create table if not exists ${stageOf(name)} (${await declared(tx, target, columns)},
         helix_piece int default current_setting('helix.piece')::int);
       alter table ${stageOf(name)} enable row level security`,
    )
    made.add(name)
  }

  return async (tx: BulkTransaction, { table, block, part, rows, sha256 }: Piece): Promise<number> => {
    await make(tx, table)
    const name = tableName(table)
    const [piece] = await tx.query<{ id: number }>(
      `insert into ${STAGE}.pieces (source, block, part, sha256) values ($1, $2, $3, $4) returning id`,
      [name, block, part, sha256],
    )
    const id = Number(piece?.id)
    await tx.query(`select set_config('helix.piece', $1, true)`, [String(id)])
    await tx.copyIn(`${stageOf(name)} (${columnList(table.columns)})`, only(rows))
    return id
  }
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
export async function openStage(to: Database, scope: string): Promise<Map<string, number>> {
  return to.transaction('owner', async (tx) => {
    if ((await scopeOf(tx)) !== scope) {
      await removeStage(tx)
      await tx.script(
        `create schema ${STAGE}; revoke all on schema ${STAGE} from public;
         create table ${STAGE}.scope (value text not null);
         create table ${STAGE}.pieces (
           id int generated always as identity primary key,
           source text not null, block bigint not null, part int not null, sha256 text not null)`,
      )
      await tx.query(`insert into ${STAGE}.scope (value) values ($1)`, [scope])
    }
    const rows = await tx.query<{ id: number } & PieceKey>(
      `select id, source, block, part, sha256 from ${STAGE}.pieces`,
    )
    return new Map(rows.map(({ id, ...piece }) => [keyOf(piece), id]))
  })
}

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

const stageOf = (name: string) => `${STAGE}.${quoteIdentifier(name)}`
