import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { templateName } from '../../src/db/template.ts'
import { serverPrograms, startCluster } from './cluster.ts'

interface TestDatabase {
  url: string
  drop(): Promise<void>
}

interface Wanted {
  /** Begins with every migration applied, copied from a database that has them: far faster than applying them. */
  migrated?: boolean
}

const given = process.env.HELIX_TEST_DATABASE_URL
const programs = serverPrograms()

/** Why no real PostgreSQL can be had here, for the title of the tests that then skip; null when it can. */
export const postgresUnavailable: string | null =
  given || programs ? null : 'no PostgreSQL: neither HELIX_TEST_DATABASE_URL nor /usr/lib/postgresql'

/**
 * Makes a new database on `HELIX_TEST_DATABASE_URL`'s server, or on a temporary one, for a login that may create
 * roles and owns it but is no superuser.
 */
export async function createDatabase({ migrated = false }: Wanted = {}): Promise<TestDatabase> {
  const server = await serverAddress()
  const template = migrated ? await migratedTemplate(server) : 'template0'
  const name = `helix_test_${randomBytes(6).toString('hex')}`
  await onServer(server, (client) => client.query(`create database ${name} template ${template}`))
  return {
    url: addressOf(server, name),
    drop: () =>
      onServer(server, async (client) => {
        // A vacuum of the server's own may be at it, which only a superuser may end; it ends by itself.
        for (let tries = 1; ; tries += 1) {
          try {
            await client.query(`drop database if exists ${name} with (force)`)
            return
          } catch (error) {
            if (tries === 20 || (error as { code?: string }).code !== '42501') throw error
            await new Promise((resolve) => setTimeout(resolve, 250))
          }
        }
      }),
  }
}

/** Name of a migrated database to copy, made by the first who asks while the others wait. */
function migratedTemplate(server: string): Promise<string> {
  const name = `helix_${templateName().match(/[0-9a-f]{16}/)?.[0]}`
  return onServer(server, async (client) => {
    await client.query(`select pg_advisory_lock(hashtext('helix test template'))`)
    const { rows } = await client.query('select from pg_database where datname = $1', [name])
    if (rows.length > 0) return name
    const unfinished = `${name}_${randomBytes(4).toString('hex')}`
    await client.query(`create database ${unfinished} template template0`)
    const db = await openPostgres({ connectionString: addressOf(server, unfinished), max: 1 })
    await migrate(db, { mode: 'postgres' })
    await db.close()
    await client.query(`alter database ${unfinished} rename to ${name}`)
    return name
  })
}

function addressOf(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

async function serverAddress(): Promise<string> {
  if (given) return given
  if (!programs) throw new Error(postgresUnavailable ?? 'no PostgreSQL')
  return startCluster(programs)
}

async function onServer<T>(address: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
