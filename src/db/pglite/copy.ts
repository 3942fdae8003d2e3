import type { BulkOptions, BulkTransaction } from '../database.ts'
import { whileGoing } from '../stopping.ts'
import { wholeRows } from '../whole-rows.ts'
import type { Arbiter } from './arbiter.ts'

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
