import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { serverPrograms, startCluster } from './cluster.ts'

interface TestDatabase {
  url: string
  drop(): Promise<void>
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
export async function createDatabase({ template = 'template0' } = {}): Promise<TestDatabase> {
  const server = await serverAddress()
  const name = `helix_test_${randomBytes(6).toString('hex')}`
  await onServer(server, `create database ${name} template ${pg.escapeIdentifier(template)}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: () => onServer(server, `drop database if exists ${name} with (force)`),
  }
}

async function serverAddress(): Promise<string> {
  if (given) return given
  if (!programs) throw new Error(postgresUnavailable ?? 'no PostgreSQL')
  return startCluster(programs)
}

async function onServer(address: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
