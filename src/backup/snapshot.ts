import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Head, readHead } from '../audit/append.ts'
import type { BulkTransaction, Queryable } from '../db/database.ts'
import { compareVersions } from '../db/migrations/files.ts'
import type { Part } from './archive.ts'
import type { FileFacts, TableFacts } from './manifest.ts'
import {
  columnList,
  type KeptSequence,
  type KeptTable,
  keptSequences,
  keptTables,
  qualified,
} from './tables.ts'
import { createTallier } from './tally.ts'

/** Bytes of a table that are asked for at once, as it lies on disk; an embedded database answers in one piece. */
const MOST_AT_ONCE = 4 * 1024 * 1024

/** Files of the data directory without which a restored database is not whole. */
export const KEY_FILES = ['keys.json', 'audit-key.json'] as const

/** What a snapshot knows before its rows are read. */
export interface Snapshot {
  chain: Head
  server: string
  migrations: string[]
  sequences: KeptSequence[]
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
    tables,
    files,
    server: await serverVersion(tx),
    migrations: await appliedMigrations(tx),
    sequences: await keptSequences(tx, kept),
    async *parts() {
      for (const name of KEY_FILES) yield* filePart(join(options.dataDir, name), name, files)
      for (const table of kept) yield* tablePart(tx, table, tables, options)
    },
  }
}

async function* filePart(path: string, name: string, facts: FileFacts[]): AsyncGenerator<Part> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (content === undefined) return
  const tallier = createTallier({ byRow: false })
  yield { file: name, bytes: tallier.through(only(content)) }
  const { bytes, sha256 } = tallier.result()
  facts.push({ name, bytes, sha256 })
}

async function* only(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content
}

async function* tablePart(
  tx: BulkTransaction,
  table: KeptTable,
  facts: TableFacts[],
  { onTable }: SnapshotOptions,
): AsyncGenerator<Part> {
  const name = `${table.schema}.${table.name}`
  onTable?.(name, table.bytes)
  const tallier = createTallier()
  yield { table: name, columns: table.columns, bytes: tallier.through(rowsOf(tx, table)) }
  facts.push({ name, columns: table.columns, ...tallier.result() })
}

/** The rows of a table by ranges of its blocks: read in the order they lie in, none too large to be answered whole. */
async function* rowsOf(tx: BulkTransaction, table: KeptTable): AsyncGenerator<Uint8Array> {
  const { blocks, bytes } = table
  const step = Math.max(1, Math.floor((MOST_AT_ONCE * blocks) / Math.max(bytes, 1)))
  const from = `(select ${columnList(table.columns)} from ${qualified(table)} where ctid >=`
  for (let block = 0; block < blocks; block += step) {
    const last = block + step >= blocks
    yield* tx.copyOut(`${from} '(${block},0)'${last ? '' : ` and ctid < '(${block + step},0)'`})`)
  }
}

async function appliedMigrations(q: Queryable): Promise<string[]> {
  const rows = await q.query<{ version: string }>('select version from supabase_migrations.schema_migrations')
  return rows.map(({ version }) => version).sort(compareVersions)
}

async function serverVersion(q: Queryable): Promise<string> {
  const [row] = await q.query<{ version: string }>(`select current_setting('server_version') as version`)
  return `PostgreSQL ${row?.version ?? ''}`
}

/** How many rows a table has, and the digest of them whatever their order. */
export interface Stand {
  name: string
  rows: number
  digest: string
}

/** The same of every table a backup would hold. */
export async function tableStands(tx: BulkTransaction): Promise<Stand[]> {
  const stands: Stand[] = []
  for (const table of await keptTables(tx)) {
    const tallier = createTallier()
    for await (const _rows of tallier.through(rowsOf(tx, table)));
    const { rows, digest } = tallier.result()
    stands.push({ name: `${table.schema}.${table.name}`, rows, digest })
  }
  return stands
}
