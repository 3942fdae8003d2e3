import type { Access, Database, Param, Row, Transaction } from '../database.ts'
import { copyIn, copyOut } from './client-copies.ts'
import { type Ask, openLink } from './link.ts'

/**
 * Attaches to the embedded database of another process, such as a running `helix up`.
 * @throws HelixError `database_unreachable` when nothing answers at the socket.
 */
export async function openAttached(socketPath: string): Promise<Database> {
  const link = await openLink(socketPath)
  const { ask } = link

  async function transaction<T>(access: Access, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const handle = await ask('begin', { access })
    let result: T
    try {
      result = await work(transactionOver(ask, handle))
    } catch (thrown) {
      await ask('end', { handle, commit: false }).catch(() => {})
      throw thrown
    }
    await ask('end', { handle, commit: true })
    return result
  }

  async function lock<T>(name: string, work: () => Promise<T>, { waitMs = 10_000 } = {}): Promise<T> {
    const handle = await ask('lock', { name, waitMs })
    try {
      return await work()
    } finally {
      await ask('unlock', { handle }).catch(() => {})
    }
  }

  return {
    engine: 'pglite',
    query: queryOver((sql, params) => ask('query', { sql, params })),
    transaction,
    scriptOutsideTransaction: (sql) => ask('script', { sql }),
    lock,
    listen: link.listen,
    copyOut: (source) => copyOut(ask, source),
    copyIn: (target, bytes) => copyIn(ask, target, bytes),
    close: link.close,
  }
}

function transactionOver(ask: Ask, handle: number): Transaction {
  return {
    query: queryOver((sql, params) => ask('txQuery', { handle, sql, params })),
    script: (sql) => ask('txScript', { handle, sql }),
  }
}

/** Rows have the shape the caller says its statement gives; no adapter can know better. */
function queryOver(send: (sql: string, params: readonly Param[]) => Promise<Row[]>): Transaction['query'] {
  return async <T extends Row>(sql: string, params: readonly Param[] = []) => (await send(sql, params)) as T[]
}
