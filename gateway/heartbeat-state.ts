import type { CheckState } from '../src/contract/health.ts'
import type { Queryable } from '../src/db/database.ts'
import { inTime } from './in-time.ts'

/** Three are missing before it is said: one is late when an instance takes over from another. */
const MISSING_MS = 200_000
/** How long one look answers for, in ms. */
const REMEMBER_MS = 15_000
/** How long one look may take, in ms. */
const LOOK_MS = 2_000
/** So many entries from the end of the log are looked at. */
const WINDOW = 50_000

interface HeartbeatDeps {
  q: Queryable
  /** The log it is to be found on. */
  log: string
  missingMs?: number
  rememberMs?: number
  lookMs?: number
  onError: (error: unknown) => void
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
  lookMs = LOOK_MS,
  onError,
}: HeartbeatDeps): () => Promise<CheckState> {
  const startedAt = performance.now()
  let seen: { at: number; state: Promise<CheckState> } | undefined

  async function look(): Promise<CheckState> {
    const [row] = await q.query<{ heartbeat: number | null; oldest: number | null }>(NEWEST, [log, WINDOW])
    // A log that grew by more than the window since then shows nothing of it.
    const silentMs = Number(row?.heartbeat ?? row?.oldest ?? 0)
    return silentMs > missingMs ? 'degraded' : 'ok'
  }

  return async () => {
    const now = performance.now()
    if (now - startedAt <= missingMs) return 'ok'
    if (!seen || now - seen.at > rememberMs) {
      const asked = look().catch((error: unknown): CheckState => {
        onError(error)
        return 'ok'
      })
      seen = { at: now, state: inTime<CheckState>(lookMs, asked, 'ok') }
    }
    return seen.state
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
