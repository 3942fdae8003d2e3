import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Database, Param } from '../db/database.ts'
import { limitKey } from './limit-key.ts'
import type { Limiter, Policy, Standing } from './limiter.ts'

/** How long the database may take to count; a caller waits no longer, and this process counts alone for once. */
const PATIENCE_MS = 1000

/**
 * A limiter whose counters all gateways on one database share. Each count is one statement, but a caller already
 * over a limit is refused from memory. While the database is away every process counts for itself.
 */
export function createLimiter(db: Pick<Database, 'query'>): Limiter {
  const counters = new Map<string, RateLimiterPostgres>()

  function counterOf(policy: Policy): RateLimiterPostgres {
    const id = `${policy.name} ${policy.points} ${policy.seconds}`
    const known = counters.get(id)
    if (known) return known
    const made = counter(db, policy)
    counters.set(id, made)
    return made
  }

  return {
    async take(policy, key, points = 1) {
      try {
        return standing(policy, true, await counterOf(policy).consume(limitKey(key), points))
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return standing(policy, false, refusal)
        // A limit protects the service; it must not be what brings it down.
        return { policy, allowed: true, remaining: policy.points, resetMs: policy.seconds * 1000 }
      }
    },
  }
}

function counter(db: Pick<Database, 'query'>, { name, points, seconds }: Policy): RateLimiterPostgres {
  const shared = { keyPrefix: name, points, duration: seconds }
  return new RateLimiterPostgres({
    ...shared,
    storeClient: { query: ({ text, values }: Statement) => ask(db, text, values) },
    storeType: 'client',
    schemaName: 'public',
    tableName: 'rate_limits',
    // A migration makes the table, and the sweep is ours too: the library's has a timer nothing ends.
    tableCreated: true,
    clearExpiredByTimeout: false,
    inMemoryBlockOnConsumed: points,
    insuranceLimiter: new RateLimiterMemory(shared),
  })
}

interface Statement {
  text: string
  values: Param[]
}

/** Answers as `pg` does, which is what the library speaks. */
async function ask(db: Pick<Database, 'query'>, text: string, values: Param[]) {
  const asked = db.query(text, values)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The database took too long to count')), PATIENCE_MS)
  })
  try {
    const rows = await Promise.race([asked, late])
    return { rows, rowCount: rows.length }
  } finally {
    clearTimeout(timer)
    asked.catch(() => {})
  }
}

function standing(policy: Policy, allowed: boolean, seen: RateLimiterRes): Standing {
  return {
    policy,
    allowed,
    remaining: seen.remainingPoints,
    resetMs: Math.max(seen.msBeforeNext, 0),
  }
}
