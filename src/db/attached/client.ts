import type { Access, BulkOptions, BulkTransaction, Database, Param, Row, Transaction } from '../database.ts'
import { whileGoing } from '../stopping.ts'
import { wholeRows } from '../whole-rows.ts'
import { type Ask, openLink } from './link.ts'

/**
 * Attaches to the embedded database of another process, such as a running `helix up`.
 * @throws HelixError `database_unreachable` when nothing answers at the socket.
 */
export async function openAttached(socketPath: string): Promise<Database> {
  const link = await openLink(socketPath)
  const { ask } = link

  async function transaction<T>(access: Access, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return held(await ask('begin', { access }), (handle) => work(transactionOver(ask, handle)))
  }

  async function held<T>(handle: number, work: (handle: number) => Promise<T>): Promise<T> {
    let result: T
    try {
      result = await work(handle)
    } catch (thrown) {
      await ask('end', { handle, commit: false }).catch(() => {})
      throw thrown
    }
    await ask('end', { handle, commit: true })
    return result
  }

  async function bulk<T>(
    work: (tx: BulkTransaction) => Promise<T>,
    { snapshot = false, signal }: BulkOptions = {},
  ): Promise<T> {
    return held(await ask('bulk', { snapshot }), (handle) => whileGoing(bulkOver(ask, handle), work, signal))
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
    bulk,
    close: link.close,
  }
}

function transactionOver(ask: Ask, handle: number): Transaction {
  return {
    query: queryOver((sql, params) => ask('txQuery', { handle, sql, params })),
    script: (sql) => ask('txScript', { handle, sql }),
  }
}

function bulkOver(ask: Ask, handle: number): BulkTransaction {
  return {
    ...transactionOver(ask, handle),
    async *copyOut(source) {
      yield* await ask('bulkOut', { handle, source })
    },
    async copyIn(target, bytes) {
      let rows = 0
      for await (const piece of wholeRows(bytes))
        rows += await ask('bulkIn', { handle, target, bytes: piece })
      return rows
    },
  }
}

/** Rows have the shape the caller says its statement gives; no adapter can know better. */
function queryOver(send: (sql: string, params: readonly Param[]) => Promise<Row[]>): Transaction['query'] {
  return async <T extends Row>(sql: string, params: readonly Param[] = []) => (await send(sql, params)) as T[]
}
