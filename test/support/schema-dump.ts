import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { createDatabase } from './postgres.ts'

/** The oldest PostgreSQL that Helix runs on; newer ones print the same schema otherwise. */
const SERVER = '15'
const PG_DUMP = join('/usr/lib/postgresql', SERVER, 'bin', 'pg_dump')

const HEAD = `-- The schema that bootstrap and migrations make, as PostgreSQL ${SERVER} dumps it. Made by \`npm run schema:dump\`, so
-- that a review sees what a migration changes; never run this file.
`

/** Why the schema cannot be dumped here; null when it can. */
export const dumpUnavailable: string | null = existsSync(PG_DUMP)
  ? null
  : `no PostgreSQL ${SERVER}: ${PG_DUMP} is not there`

/** Migrates a new database on PostgreSQL 15 and dumps the schemas Helix owns, the same text every time. */
export async function dumpSchema(): Promise<string> {
  const { url, drop } = await createDatabase()
  try {
    const db = await openPostgres({ connectionString: url, max: 1 })
    try {
      const [server] = await db.query<{ version: string }>(
        `select current_setting('server_version') as version`,
      )
      if (!server?.version.startsWith(`${SERVER}.`))
        throw new Error(`The test server is ${server?.version}, not ${SERVER}`)
      await migrate(db, { mode: 'postgres' })
    } finally {
      await db.close()
    }
    const { stdout } = await promisify(execFile)(
      PG_DUMP,
      ['--schema-only', '--no-owner', '--schema=public', '--schema=helix', `--dbname=${url}`],
      { maxBuffer: 64 * 1024 * 1024 },
    )
    return normalise(stdout)
  } finally {
    await drop()
  }
}

/** Drops what depends on the day, the login or the version of pg_dump, and the comments that repeat the statements. */
function normalise(dump: string): string {
  const lines = dump
    .split('\n')
    .filter(
      (line) =>
        !/^(?:--|SET |SELECT pg_catalog\.set_config|\\(?:un)?restrict )/.test(line) || line.startsWith('-- '),
    )
    .filter((line) => !/^-- (?:Dumped|PostgreSQL database dump|Name: )/.test(line))
  return `${HEAD}\n${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`
}
