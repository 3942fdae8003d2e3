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

const LOST = /^(08|57P0)/

export function connections(options: PostgresOptions): Connections {
  const config: pg.ClientConfig = {
    connectionString: options.connectionString,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    application_name: 'helix',
    keepAlive: true,
    types: { getTypeParser: (oid: number) => valueParser(oid) },
  }
  const { host, port, database } = new pg.Client(config)
  const address = { host, port, database: database ?? '' }
  const pool = new pg.Pool({
    ...config,
    max: options.max ?? 10,
    pipeline: true,
    onConnect: async (client) => {
      await client.query(ENTER_GATEWAY_ROLE)
    },
  })
  // An idle connection that breaks has left the pool already; whoever asks next gets a new one.
  pool.on('error', () => {})

  function failure(thrown: unknown): StatementError | HelixError {
    const refused = toStatementError(thrown)
    return refused && !LOST.test(refused.code) ? refused : unreachable(address, thrown)
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
