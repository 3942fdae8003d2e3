import type pg from 'pg'
import { HelixError } from '../errors.ts'
import type { Access, Database, Param, Row, Transaction } from './database.ts'
import { databaseClosed } from './database-errors.ts'
import { encodeParams } from './params.ts'
import { bulk } from './postgres/bulk.ts'
import { type Connections, connections, type PostgresOptions } from './postgres/connections.ts'
import { createListener } from './postgres/listener.ts'
import { withAdvisoryLock } from './postgres/lock.ts'
import { statementNames } from './postgres/statement-names.ts'
import { begin, firstFailure, isStale, transactionOver } from './postgres/transaction.ts'
import { splitStatements } from './sql/statements.ts'
import { rolledBackAtCommit } from './statement-error.ts'

const TRANSACTION_POOLER_PORT = 6543
/**
 * How long a statement outside a transaction may take before its connection is given up: a server that vanished
 * without a word would otherwise hold every lease renewal for as long as TCP hopes.
 */
const QUERY_TIMEOUT_MS = 30_000

/**
 * Connects to a PostgreSQL server (15 or newer). Connections work as `helix_gateway` where that role exists;
 * those made before the migrations that create it work as the login, so open anew after migrating.
 * @throws HelixError `database_unreachable`, naming host, port and database; `config_invalid` for a
 *   transaction-mode pooler, which loses LISTEN, locks and roles between statements.
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const connected = connections(options)
  const { pool, failure } = connected
  refuseTransactionPooler(connected)
  const listener = createListener(connected)
  const nameOf = statementNames()
  let closing: Promise<void> | undefined

  const run = async <T extends Row>(
    client: pg.ClientBase,
    sql: string,
    params: readonly Param[] = [],
    limits: { query_timeout?: number } = {},
  ): Promise<T[]> => {
    try {
      const name = params.length > 0 ? nameOf(sql) : undefined
      const asked = { text: sql, values: encodeParams(params), ...(name && { name }), ...limits }
      const { rows } = await client.query<T>(asked)
      return rows
    } catch (thrown) {
      throw failure(thrown)
    }
  }

  async function acquire(): Promise<pg.PoolClient> {
    if (closing) throw databaseClosed()
    return pool.connect().catch((thrown) => {
      throw failure(thrown)
    })
  }

  async function query<T extends Row>(sql: string, params?: readonly Param[]): Promise<T[]> {
    const client = await acquire()
    try {
      const rows = await run<T>(client, sql, params, { query_timeout: QUERY_TIMEOUT_MS })
      client.release()
      return rows
    } catch (thrown) {
      client.release(isStale(thrown) || thrown instanceof HelixError)
      if (isStale(thrown)) return query(sql, params)
      throw thrown
    }
  }

  async function transaction<T>(access: Access, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await acquire()
    const begun = begin(client, access, run)
    begun.catch(() => {})
    let broken = false
    try {
      const result = await work(transactionOver(client, run, failure))
      await begun
      await commit(client)
      return result
    } catch (thrown) {
      broken = isStale(thrown)
      await client.query('rollback').catch(() => {
        broken = true
      })
      throw await firstFailure(begun, thrown)
    } finally {
      client.release(broken)
    }
  }

  async function commit(client: pg.PoolClient): Promise<void> {
    const { command } = await client.query('commit').catch((thrown) => {
      throw failure(thrown)
    })
    if (command !== 'COMMIT') throw rolledBackAtCommit()
  }

  async function scriptOutsideTransaction(sql: string): Promise<void> {
    const client = await connected.single()
    try {
      for (const { text, tokens } of splitStatements(sql)) if (tokens.length > 0) await client.query(text)
    } catch (thrown) {
      throw failure(thrown)
    } finally {
      await client.end().catch(() => {})
    }
  }

  async function close(): Promise<void> {
    await listener.close()
    await pool.end()
  }

  const first = await acquire()
  first.release()

  return {
    engine: 'postgres',
    query,
    transaction,
    scriptOutsideTransaction,
    lock: (name, work, { waitMs = 10_000 } = {}) => withAdvisoryLock(connected, name, waitMs, work),
    listen: (channel, onNotify, onGap) => listener.listen(channel, onNotify, onGap),
    bulk: (work, bulkOptions) => bulk(connected, work, bulkOptions),
    pool: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

function refuseTransactionPooler({ address }: Connections): void {
  if (address.port !== TRANSACTION_POOLER_PORT) return
  throw new HelixError('config_invalid', `${address.host}:${address.port} is a transaction-mode pooler`, {
    hint: 'Use the direct connection or the session-mode pooler (port 5432) of the same project.',
  })
}
