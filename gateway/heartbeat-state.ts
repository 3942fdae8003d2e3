import type { CheckState } from '../src/contract/health.ts'
import type { Queryable } from '../src/db/database.ts'

/** Three are missing before it is said: one is late when an instance takes over from another. */
const MISSING_MS = 200_000
/** How long one look answers for, in ms. */
const REMEMBER_MS = 15_000
/** So many entries from the end of the log are looked at. */
const WINDOW = 50_000

interface HeartbeatDeps {
  q: Queryable
  /** The log it is to be found on. */
  log: string
  missingMs?: number
  rememberMs?: number
}

/**
 * Whether the log had a heartbeat of late, from whichever gateway gives it: `degraded` once it is missing, though
 * the database answers. While nobody can tell it is `ok`: others tell of a database that is away.
 */
export function createHeartbeatState({
  q,
  log,
  missingMs = MISSING_MS,
  rememberMs = REMEMBER_MS,
}: HeartbeatDeps): () => CheckState {
  const startedAt = performance.now()
  let state: CheckState = 'ok'
  let askedAt = Number.NEGATIVE_INFINITY

  async function look(): Promise<void> {
    const [row] = await q.query<{ heartbeat: number | null; oldest: number | null }>(NEWEST, [log, WINDOW])
    // A log that grew by more than the window since then shows nothing of it.
    const silentMs = Number(row?.heartbeat ?? row?.oldest ?? 0)
    state = silentMs > missingMs ? 'degraded' : 'ok'
  }

  return () => {
    const now = performance.now()
    if (now - startedAt > missingMs && now - askedAt > rememberMs) {
      askedAt = now
      look().catch(() => {})
    }
    return state
  }
}

/** How long ago, in ms, the newest heartbeat of the window was, and its first entry. */
const NEWEST = `
  with head as (select seq from public.audit_head)
  select
    (select (extract(epoch from now() - e.at) * 1000)::float8 from public.audit_entries e
     where e.log_id = $1 and e.seq > head.seq - $2 and e.channel = 'heartbeat'
     order by e.seq desc limit 1) as heartbeat,
    (select (extract(epoch from now() - e.at) * 1000)::float8 from public.audit_entries e
     where e.log_id = $1 and e.seq >= greatest(1, head.seq - $2)
     order by e.seq limit 1) as oldest
  from head`
