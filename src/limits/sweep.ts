import type { Database } from '../db/database.ts'

const EVERY_MS = 5 * 60_000
const KEPT_MS = 60 * 60_000

/** Counters that ended an hour ago; rows another gateway is at are left for the next time, so nobody waits. */
const SWEEP = `delete from public.rate_limits where key in
  (select key from public.rate_limits where expire < $1 for update skip locked)`

/** Deletes old counters every five minutes until the function it returns is called. */
export function sweepCounters(db: Pick<Database, 'query'>, onError: (error: unknown) => void): () => void {
  const timer = setInterval(() => {
    db.query(SWEEP, [Date.now() - KEPT_MS]).catch(onError)
  }, EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
