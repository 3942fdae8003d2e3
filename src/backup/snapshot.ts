import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Head, readHead } from '../audit/append.ts'
import type { BulkTransaction } from '../db/database.ts'
import { only } from '../db/whole-rows.ts'
import type { Part } from './archive.ts'
import type { FileFacts, TableFacts } from './manifest.ts'
import { schemaOf, serverOf } from './schema.ts'
import { rowsOf } from './stands.ts'
import { type KeptSequence, type KeptTable, keptSequences, keptTables, tableName } from './tables.ts'
import { createTallier } from './tally.ts'

/** Files of the data directory without which a restored database is not whole. */
export const KEY_FILES = ['keys.json', 'audit-key.json'] as const

/** What a snapshot knows before its rows are read. */
export interface Snapshot {
  chain: Head
  server: string
  migrations: string[]
  sequences: KeptSequence[]
  kept: KeptTable[]
  /** Its parts; the facts are whole once all of them were read. */
  parts(): AsyncGenerator<Part>
  tables: TableFacts[]
  files: FileFacts[]
}

interface SnapshotOptions {
  dataDir: string
  onTable?: ((name: string, bytes: number) => void) | undefined
}

/** Looks at everything Helix owns as of one moment, in a transaction that sees one. */
export async function takeSnapshot(tx: BulkTransaction, options: SnapshotOptions): Promise<Snapshot> {
  const chain = await readHead(tx)
  const kept = await keptTables(tx)
  const tables: TableFacts[] = []
  const files: FileFacts[] = []
  return {
    chain,
    kept,
    tables,
    files,
    server: await serverOf(tx),
    migrations: await schemaOf(tx),
    sequences: await keptSequences(tx, kept),
    async *parts() {
      for (const [name, content] of await readKeys(options.dataDir)) yield* filePart(name, content, files)
      for (const table of kept) yield* tablePart(tx, table, tables, options)
    },
  }
}

/** The keys of an installation, by the names of their files; those that are there. */
export async function readKeys(dataDir: string): Promise<Map<string, Buffer>> {
  const keys = new Map<string, Buffer>()
  for (const name of KEY_FILES) {
    const content = await readFile(join(dataDir, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (content) keys.set(name, content)
  }
  return keys
}

async function* filePart(name: string, content: Buffer, facts: FileFacts[]): AsyncGenerator<Part> {
  const tallier = createTallier({ byRow: false })
  yield { file: name, bytes: tallier.through(only(content)) }
  const { bytes, sha256 } = tallier.result()
  facts.push({ name, bytes, sha256 })
}

async function* tablePart(
  tx: BulkTransaction,
  table: KeptTable,
  facts: TableFacts[],
  { onTable }: SnapshotOptions,
): AsyncGenerator<Part> {
  const name = tableName(table)
  onTable?.(name, table.bytes)
  const tallier = createTallier()
  yield { table: name, columns: table.columns, bytes: tallier.through(rowsOf(tx, table)) }
  facts.push({ name, columns: table.columns, ...tallier.result() })
}
