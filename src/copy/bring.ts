import type { TableFacts } from '../backup/manifest.ts'
import { placeOf } from '../backup/place.ts'
import { type KeptTable, keptTables, tableName } from '../backup/tables.ts'
import type { BulkTransaction, Database } from '../db/database.ts'
import { takeTime } from '../db/unhurried.ts'
import { keyOf, type Piece, piecesOf } from './pieces.ts'
import { bringing, openStage, type StagedTable } from './stage.ts'

/** What is brought within so long is kept at once, in ms: no more than that is lost by an interruption. */
const KEEP_MS = 3_000

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
  const placed = tables.filter((table) =>
    placeOf(targets, { table: tableName(table), columns: table.columns }),
  )
  const numbers = new Map(tables.map((table) => [table, [] as number[]]))
  const facts = new Map<KeptTable, TableFacts>()
  const sum = { bytes: 0, bytesFound: 0 }
  const bring = bringing(targets)
  // A server is asked for a connection each time; an embedded target lets nobody rest in a transaction.
  const keepMs = to.engine === 'pglite' ? 0 : KEEP_MS

  function isThere(piece: Piece): boolean {
    const number = found.get(keyOf({ ...piece, source: tableName(piece.table) }))
    sum.bytes += piece.rows.length
    if (number === undefined) return false
    sum.bytesFound += piece.rows.length
    numbers.get(piece.table)?.push(number)
    return true
  }

  async function keep(tx: BulkTransaction, piece: Piece): Promise<void> {
    numbers.get(piece.table)?.push(await bring(tx, piece))
  }

  async function* lacking(): AsyncGenerator<Piece> {
    for await (const piece of piecesOf(source, tables, facts, onTable))
      if (placed.includes(piece.table) && !isThere(piece)) yield piece
  }

  const pieces = lacking()
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    const { value } = next
    await to.bulk(
      async (tx) => {
        await takeTime(tx, to.engine)
        const until = performance.now() + keepMs
        for (let piece: Piece | undefined = value; piece; ) {
          await keep(tx, piece)
          piece = performance.now() < until ? (await pieces.next()).value : undefined
        }
      },
      { signal },
    )
  }
  return {
    ...sum,
    tables: tables.map((table) => ({
      facts: facts.get(table) as TableFacts,
      pieces: numbers.get(table) ?? [],
    })),
  }
}
