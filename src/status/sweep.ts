import type { Database } from '../db/database.ts'

const EVERY_MS = 60 * 60_000

/** What is only worth something for a while: minutes looked at for two days, their sums longer. */
const SWEEPS = [
  `delete from public.uptime_minutes where minute < now() - interval '2 days'`,
  `delete from public.uptime_days where day < (now() at time zone 'utc')::date - 400`,
  `delete from public.gateways where heard_at < now() - interval '1 hour'`,
]

/** Deletes what is old every hour until the function it returns is called. */
export function sweepWatching(db: Pick<Database, 'query'>, onError: (error: unknown) => void): () => void {
  const sweep = async () => {
    for (const statement of SWEEPS) await db.query(statement)
  }
  const timer = setInterval(() => sweep().catch(onError), EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
