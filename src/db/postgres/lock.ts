import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockHeld } from '../database-errors.ts'
import type { Connections } from './connections.ts'

const RETRY_MS = 50

/** The advisory lock key of a name: the first eight bytes of its SHA-256, as PostgreSQL's signed int8. */
function lockKey(name: string): bigint {
  return createHash('sha256').update(name).digest().readBigInt64BE(0)
}

/**
 * Holds the advisory lock of `name` on a connection of its own while `work` runs. It tries and retries rather
 * than waits, because a waiting session would block CREATE INDEX CONCURRENTLY.
 */
export async function withAdvisoryLock<T>(
  { single, failure }: Connections,
  name: string,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const client = await single()
  try {
    const deadline = Date.now() + waitMs
    while (!(await tryLock())) {
      const left = deadline - Date.now()
      if (left <= 0) throw lockHeld(name, waitMs)
      await sleep(Math.min(left, RETRY_MS * (0.5 + Math.random())))
    }
    return await work()
  } finally {
    await client.end().catch(() => {})
  }

  async function tryLock(): Promise<boolean> {
    try {
      const { rows } = await client.query('select pg_try_advisory_lock($1) as held', [String(lockKey(name))])
      return rows[0]?.held === true
    } catch (thrown) {
      throw failure(thrown)
    }
  }
}
