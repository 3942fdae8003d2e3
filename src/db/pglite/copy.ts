import type { BulkOptions, BulkTransaction } from '../database.ts'
import { whileGoing } from '../stopping.ts'
import type { Arbiter } from './arbiter.ts'

const MOST_AT_ONCE = 4 * 1024 * 1024
const NEWLINE = 10
const BACKSLASH = 92

/**
 * One transaction with copies in it. The only session there is has one moment in any transaction, so a snapshot only
 * has to be kept from writing.
 */
export function bulk<T>(
  arbiter: Arbiter,
  work: (tx: BulkTransaction) => Promise<T>,
  { snapshot = false, signal }: BulkOptions = {},
): Promise<T> {
  return arbiter.transaction('owner', async (turn) => {
    if (snapshot) await turn.script('set transaction isolation level repeatable read, read only')
    const tx: BulkTransaction = {
      query: turn.query,
      script: turn.script,
      async *copyOut(source) {
        yield* await turn.copyOut(source)
      },
      async copyIn(target, bytes) {
        let rows = 0
        for await (const piece of wholeRows(bytes)) rows += await turn.copyIn(target, piece)
        return rows
      },
    }
    return whileGoing(tx, work, signal)
  })
}

/** The same bytes in pieces that end with a row, none much longer than the longest row. */
export async function* wholeRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0)
  for await (const chunk of bytes) {
    rest = Buffer.concat([rest, chunk])
    if (rest.length < MOST_AT_ONCE) continue
    const end = lastRowEnd(rest)
    if (end > 0) yield new Uint8Array(rest.subarray(0, end))
    rest = rest.subarray(end)
  }
  if (rest.length > 0) yield new Uint8Array(rest)
}

/** A row ends at a newline that no backslash makes part of a value. */
function lastRowEnd(bytes: Buffer): number {
  for (
    let at = bytes.lastIndexOf(NEWLINE);
    at >= 0;
    at = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1)
  ) {
    let backslashes = 0
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return at + 1
  }
  return 0
}
