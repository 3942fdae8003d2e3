import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from, to } from 'pg-copy-streams'
import type { Connections } from './connections.ts'

/** Streams `COPY <source> TO STDOUT`, as the owner of the schema, whom row-level security does not hide rows from. */
export async function* copyOut({ single, failure }: Connections, source: string): AsyncGenerator<Uint8Array> {
  const client = await single()
  try {
    for await (const chunk of client.query(to(`copy ${source} to stdout`))) yield chunk
  } catch (thrown) {
    throw failure(thrown)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Feeds `COPY <target> FROM STDIN` as the owner; all rows or none. Resolves to the number of rows taken in. */
export async function copyIn(
  { single, failure }: Connections,
  target: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<number> {
  const client = await single()
  try {
    const sink = client.query(from(`copy ${target} from stdin`))
    await pipeline(Readable.from(bytes, { objectMode: false }), sink)
    return sink.rowCount
  } catch (thrown) {
    throw failure(thrown)
  } finally {
    await client.end().catch(() => {})
  }
}
