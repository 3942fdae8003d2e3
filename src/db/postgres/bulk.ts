import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from, to } from 'pg-copy-streams'
import type { BulkOptions, BulkTransaction } from '../database.ts'
import { encodeParams } from '../params.ts'
import { rolledBackAtCommit } from '../statement-error.ts'
import type { Connections } from './connections.ts'

/** Runs `work` in one transaction of the login, on a connection of its own, with copies in it. */
export async function bulk<T>(
  connected: Connections,
  work: (tx: BulkTransaction) => Promise<T>,
  { snapshot = false }: BulkOptions = {},
): Promise<T> {
  const client = await connected.single()
  try {
    await client.query(snapshot ? 'begin isolation level repeatable read read only' : 'begin')
    const result = await work(bulkOver(client, connected.failure))
    const { command } = await client.query('commit').catch((thrown) => {
      throw connected.failure(thrown)
    })
    if (command !== 'COMMIT') throw rolledBackAtCommit()
    return result
  } finally {
    // Whatever was not committed ends with the connection.
    await client.end().catch(() => {})
  }
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
