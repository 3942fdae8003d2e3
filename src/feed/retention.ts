import type { Database } from '../db/database.ts'

const EVERY_MS = 10 * 60_000
const BATCH = 5_000

/** Deletes events older than a day, a batch at a time, now and then until the function it returns is called. */
export function keepADay(db: Database, onError: (error: unknown) => void): () => void {
  let ended = false

  async function prune(): Promise<void> {
    for (let gone = BATCH; gone === BATCH && !ended; ) {
      const [row] = await db.query<{ gone: number }>('select helix.prune_events($1) as gone', [BATCH])
      gone = row?.gone ?? 0
    }
  }

  const timer = setInterval(() => {
    prune().catch(onError)
  }, EVERY_MS)
  timer.unref()
  return () => {
    ended = true
    clearInterval(timer)
  }
}
