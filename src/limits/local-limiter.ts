import type { Database } from '../db/database.ts'
import { limitKey } from './limit-key.ts'
import type { Limiter, Policy, Standing } from './limiter.ts'

/** How often what was counted here is added to the shared counters, in ms. */
const EVERY_MS = 1_000
/** Most callers remembered; past it the one counted first is forgotten, so that a flood of addresses costs no memory. */
const MOST_CALLERS = 100_000
/** Most counters in one statement. */
const MOST_AT_ONCE = 5_000

interface Counter {
  /** What is known of the window: counted here, and elsewhere as of the last exchange. */
  points: number
  /** When the window ends, in ms since 1970. */
  expire: number
  /** Counted here and not yet told. */
  untold: number
}

/**
 * Adds what one gateway counted and learns what all of them did. Keys in order: two gateways lock the same rows in
 * the same order.
 */
const EXCHANGE = `insert into public.rate_limits as known (key, points, expire)
  select * from unnest($1::text[], $2::integer[], $3::bigint[]) order by 1
  on conflict (key) do update set
    points = case when known.expire <= $4 then excluded.points else known.points + excluded.points end,
    expire = case when known.expire <= $4 then excluded.expire else known.expire end
  returning key, points, expire`

export interface LocalLimiter extends Limiter {
  /** Counts at once, without waiting for anything. */
  count(policy: Policy, key: string, points?: number): Standing
  /** Tells the database what was counted since the last time, and learns what others did; never rejects. */
  exchange(): Promise<void>
  close(): void
}

/**
 * A limiter for what is cheap and frequent: it counts in memory and exchanges counts with the database once a second,
 * in one statement for all callers, so that no request waits for it. Over several gateways a caller may get through
 * what reaches each of them within that second; on one gateway the count is exact. While the database is away every
 * process counts for itself.
 */
export function createLocalLimiter(db: Pick<Database, 'query'>, { everyMs = EVERY_MS } = {}): LocalLimiter {
  const counters = new Map<string, Counter>()
  const dirty = new Map<string, Counter>()
  let exchanging = false

  function counterOf(id: string, seconds: number, now: number): Counter {
    const known = counters.get(id)
    if (known && known.expire > now) return known
    const fresh = { points: 0, expire: now + seconds * 1000, untold: 0 }
    counters.delete(id)
    counters.set(id, fresh)
    if (counters.size > MOST_CALLERS) counters.delete(counters.keys().next().value ?? '')
    return fresh
  }

  function count(policy: Policy, key: string, points = 1): Standing {
    const now = Date.now()
    const id = `${policy.name}:${limitKey(key)}`
    const counter = counterOf(id, policy.seconds, now)
    const allowed = counter.points + points <= policy.points
    // What is refused is not counted: the window has to end some time.
    if (allowed) {
      counter.points += points
      counter.untold += points
      dirty.set(id, counter)
    }
    const remaining = Math.max(policy.points - counter.points, 0)
    return { policy, allowed, remaining, resetMs: counter.expire - now }
  }

  async function exchange(): Promise<void> {
    if (exchanging || dirty.size === 0) return
    exchanging = true
    const told = [...dirty].slice(0, MOST_AT_ONCE).map(([id, counter]) => tell(id, counter))
    for (const { id } of told) dirty.delete(id)
    try {
      learn(told, await send(db, told))
    } catch {
      // The database is away, as /health says: what could not be told is told the next time.
      for (const { id, counter, points } of told) {
        counter.untold += points
        if (counters.get(id) === counter) dirty.set(id, counter)
      }
    } finally {
      exchanging = false
    }
  }

  function forgetExpired(): void {
    const now = Date.now()
    for (const [id, { expire }] of counters) if (expire <= now) counters.delete(id)
  }

  const timer = setInterval(() => {
    forgetExpired()
    void exchange()
  }, everyMs)
  timer.unref()

  return {
    count,
    take: async (policy, key, points) => count(policy, key, points),
    exchange,
    close: () => clearInterval(timer),
  }
}

interface Told {
  id: string
  counter: Counter
  points: number
}

function tell(id: string, counter: Counter): Told {
  const points = counter.untold
  counter.untold = 0
  return { id, counter, points }
}

interface Shared {
  key: string
  points: number
  expire: number
  [column: string]: unknown
}

function learn(told: readonly Told[], shared: readonly Shared[]): void {
  const counters = new Map(told.map(({ id, counter }) => [id, counter]))
  for (const { key, points, expire } of shared) {
    const counter = counters.get(key)
    if (!counter) continue
    // What was counted meanwhile is not in the answer.
    counter.points = points + counter.untold
    counter.expire = expire
  }
}

function send(db: Pick<Database, 'query'>, told: readonly Told[]): Promise<Shared[]> {
  return db.query<Shared>(EXCHANGE, [
    told.map(({ id }) => id),
    told.map(({ points }) => points),
    told.map(({ counter }) => counter.expire),
    Date.now(),
  ])
}
