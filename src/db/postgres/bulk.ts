import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from, to } from 'pg-copy-streams'
import type { BulkOptions, BulkTransaction } from '../database.ts'
import { encodeParams } from '../params.ts'
import { rolledBackAtCommit } from '../statement-error.ts'
import { notForLong, stopped, whileGoing } from '../stopping.ts'
import type { Connections } from './connections.ts'

/** Runs `work` in one transaction of the login, on a connection of its own, with copies in it. */
export async function bulk<T>(
  connected: Connections,
  work: (tx: BulkTransaction) => Promise<T>,
  { snapshot = false, signal }: BulkOptions = {},
): Promise<T> {
  const client = await connected.single()
  let forget = () => {}
  try {
    if (signal) forget = await cancelOnAbort(connected, client, signal)
    await client
      .query(snapshot ? 'begin isolation level repeatable read read only' : 'begin')
      .catch((thrown) => {
        throw connected.failure(thrown)
      })
    const result = await notForLong(
      whileGoing(bulkOver(client, connected.failure), work, signal),
      signal,
    ).catch((thrown) => {
      // A statement that was cancelled says so in its own words.
      throw signal?.aborted ? stopped(thrown) : thrown
    })
    forget()
    const { command } = await client.query('commit').catch((thrown) => {
      throw connected.failure(thrown)
    })
    if (command !== 'COMMIT') throw rolledBackAtCommit()
    return result
  } finally {
    forget()
    // Whatever was not committed ends with the connection.
    await client.end().catch(() => {})
  }
}

/**
 * Has the server give up the statement it is at once the signal says to stop, which may wait for a lock for ever; and
 * notice by itself when this process is gone. Resolves to the way to forget about it.
 */
async function cancelOnAbort(
  { single, failure }: Connections,
  client: pg.Client,
  signal: AbortSignal,
): Promise<() => void> {
  // Not every system can look after a connection while it works; then it ends when it is done.
  await client.query(`set client_connection_check_interval = '2s'`).catch(() => {})
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid').catch((thrown) => {
    throw failure(thrown)
  })
  const cancel = async () => {
    const other = await single()
    await other.query('select pg_cancel_backend($1)', [rows[0]?.pid]).finally(() => other.end())
  }
  const onAbort = () => void cancel().catch(() => {})
  signal.addEventListener('abort', onAbort, { once: true })
  return () => signal.removeEventListener('abort', onAbort)
}

function bulkOver(client: pg.Client, failure: Connections['failure']): BulkTransaction {
  const told = (thrown: unknown) => {
    throw failure(thrown)
  }
  return {
    query: async (sql, params = []) =>
      (await client.query({ text: sql, values: encodeParams(params) }).catch(told)).rows,
    script: async (sql) => void (await client.query(sql).catch(told)),
    async *copyOut(source) {
      try {
        for await (const chunk of client.query(to(`copy ${source} to stdout`))) yield chunk
      } catch (thrown) {
        throw failure(thrown)
      }
    },
    async copyIn(target, bytes) {
      const sink = client.query(from(`copy ${target} from stdin`))
      await pipeline(Readable.from(bytes, { objectMode: false }), sink).catch(told)
      return sink.rowCount
    },
  }
}
