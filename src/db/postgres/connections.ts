import pg from 'pg'
import type { HelixError } from '../../errors.ts'
import { ENTER_GATEWAY_ROLE } from '../access.ts'
import { type DatabaseAddress, unreachable } from '../database-errors.ts'
import { type StatementError, toStatementError } from '../statement-error.ts'
import { valueParser } from '../values.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=…`; a direct or session-mode connection. */
  connectionString: string
  /** Most connections the pool opens; LISTEN, locks, copies and owner scripts take one more each. */
  max?: number
  connectTimeoutMs?: number
}

/** How connections to one server are made: pooled ones as the gateway, single ones as the owner of the schema. */
export interface Connections {
  address: DatabaseAddress
  pool: pg.Pool
  /** A connection of its own, as the login itself; end it when done. */
  single(): Promise<pg.Client>
  /** What a driver's failure means: PostgreSQL's own refusal, or a lost connection. */
  failure(thrown: unknown): StatementError | HelixError
}

/** SQLSTATEs that say something of the connection or the login, not of the statement. */
const NO_CONNECTION = /^(08|28|57P0|3D000|53300)/
/** Modes that the driver takes for `verify-full`, with a long warning that it may not do so for ever. */
const LOOSE_TLS = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/

/** Says the mode that the driver goes by anyway, unless libpq's own meaning of the others is asked for. */
function withStrictTls(connectionString: string): string {
  if (/[?&]uselibpqcompat=true(?=&|$)/.test(connectionString)) return connectionString
  return connectionString.replace(LOOSE_TLS, '$1verify-full')
}

export function connections(options: PostgresOptions): Connections {
  const config: pg.ClientConfig = {
    connectionString: withStrictTls(options.connectionString),
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    application_name: 'helix',
    keepAlive: true,
    types: { getTypeParser: (oid: number) => valueParser(oid) },
  }
  const { host, port, database, user } = new pg.Client(config)
  const address = { host, port, database: database ?? '', user: user ?? '' }
  const pool = new pg.Pool({
    ...config,
    max: options.max ?? 10,
    pipeline: true,
    onConnect: async (client) => {
      // One that breaks in somebody's hands, between two statements, tells its next one; unheard, this would end the process.
      client.on('error', () => {})
      await client.query(ENTER_GATEWAY_ROLE)
    },
  })
  // An idle connection that breaks has left the pool already; whoever asks next gets a new one.
  pool.on('error', () => {})

  function failure(thrown: unknown): StatementError | HelixError {
    const refused = toStatementError(thrown)
    return refused && !NO_CONNECTION.test(refused.code) ? refused : unreachable(address, thrown)
  }

  async function single(): Promise<pg.Client> {
    const client = new pg.Client(config)
    client.on('error', () => {})
    try {
      await client.connect()
      return client
    } catch (thrown) {
      throw unreachable(address, thrown)
    }
  }

  return { address, pool, single, failure }
}
