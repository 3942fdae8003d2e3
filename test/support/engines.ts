import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { createDatabase, postgresUnavailable } from './postgres.ts'

/** A database with nothing in it, opened as its owner. */
export interface EmptyDatabase {
  db: Database
  mode: 'postgres' | 'embedded'
  /** Another way to the same database, working as the gateway where its role exists by now. */
  gateway(): Promise<Database>
  stop(): Promise<void>
}

export interface TestEngine {
  name: string
  /** Why the engine cannot be had here; null when it can. */
  unavailable: string | null
  start(): Promise<EmptyDatabase>
}

let blank: Promise<Uint8Array> | undefined

/** PostgreSQL and PGlite, for tests that hold on both. */
export const engines: readonly TestEngine[] = [
  {
    name: postgresUnavailable === null ? 'PostgreSQL' : `PostgreSQL (${postgresUnavailable})`,
    unavailable: postgresUnavailable,
    start: startPostgres,
  },
  { name: 'PGlite', unavailable: null, start: startEmbedded },
]

/** A database of the test that calls this, gone at its end. */
export async function emptyDatabase(engine: TestEngine): Promise<EmptyDatabase> {
  const database = await engine.start()
  onTestFinished(database.stop)
  return database
}

/** A directory of files that is gone when the test ends. */
export function tempFiles(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'helix-files-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

async function startPostgres(): Promise<EmptyDatabase> {
  const { url, drop } = await createDatabase()
  const opened: Database[] = []
  const open = async () => {
    const db = await openPostgres({ connectionString: url, max: 2 })
    opened.push(db)
    return db
  }
  return {
    db: await open(),
    mode: 'postgres',
    gateway: open,
    async stop() {
      for (const db of opened) await db.close()
      await drop()
    },
  }
}

async function startEmbedded(): Promise<EmptyDatabase> {
  blank ??= blankCluster()
  const db = await openEmbedded({ dataDir: 'memory://', template: await blank })
  return {
    db,
    mode: 'embedded',
    async gateway() {
      await db.enterGatewayRole()
      return db
    },
    stop: () => db.close(),
  }
}

async function blankCluster(): Promise<Uint8Array> {
  const db = await openEmbedded({ dataDir: 'memory://' })
  try {
    return await db.dump()
  } finally {
    await db.close()
  }
}
