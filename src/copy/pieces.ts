import { hash } from 'node:crypto'
import type { TableFacts } from '../backup/manifest.ts'
import { rangesOf } from '../backup/stands.ts'
import { type KeptTable, tableName } from '../backup/tables.ts'
import { createTallier } from '../backup/tally.ts'
import type { BulkTransaction } from '../db/database.ts'
import { wholeRows } from '../db/whole-rows.ts'

/** Rows of one table that are brought at once. */
export interface Piece {
  table: KeptTable
  /** Where they lie in the source, and which of the pieces from there they are. */
  block: number
  part: number
  rows: Uint8Array
  sha256: string
}

/** The rows of all tables in pieces; what each table came to is among the facts once it was read. */
export async function* piecesOf(
  source: BulkTransaction,
  tables: readonly KeptTable[],
  facts: Map<KeptTable, TableFacts>,
  onTable?: (name: string) => void,
): AsyncGenerator<Piece, void> {
  for (const table of tables) {
    onTable?.(tableName(table))
    const tallier = createTallier()
    for (const { block, source: range } of rangesOf(table)) {
      let part = 0
      for await (const rows of wholeRows(tallier.through(source.copyOut(range))))
        yield { table, block, part: part++, rows, sha256: hash('sha256', rows) }
    }
    facts.set(table, { name: tableName(table), columns: table.columns, ...tallier.result() })
  }
}

/** What tells a piece from others. */
export type PieceKey = Pick<Piece, 'block' | 'part' | 'sha256'> & { source: string }

export const keyOf = ({ source, block, part, sha256 }: PieceKey) => `${source} ${block} ${part} ${sha256}`
