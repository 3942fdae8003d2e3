import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type EmptyDatabase, engines } from '../../test/support/engines.ts'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrations/migrate.ts'
import type { Policy } from './limiter.ts'
import { createLocalLimiter } from './local-limiter.ts'

const NEVER_MS = 1_000_000

let policies = 0
/** A policy no other test has counted against. */
function policy(points: number, seconds = 60): Policy {
  policies += 1
  return { name: `local-${policies}`, points, seconds }
}

function limiterOn(db: Pick<Database, 'query'>) {
  const limiter = createLocalLimiter(db, { everyMs: NEVER_MS })
  onTestFinished(limiter.close)
  return limiter
}

for (const engine of engines) {
  describe.skipIf(engine.unavailable)(`the local limiter on ${engine.name}`, () => {
    let database: EmptyDatabase
    let db: Database
    beforeAll(async () => {
      database = await engine.start()
      await migrate(database.db, { mode: database.mode })
      db = await database.gateway()
    })
    afterAll(() => database.stop())

    it('counts exactly on one gateway, without asking the database', async () => {
      const query = vi.fn(db.query)
      const limiter = limiterOn({ query: query as Database['query'] })
      const three = policy(3)
      const seen = Array.from({ length: 5 }, () => limiter.count(three, 'ada'))
      expect(seen.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
        [false, 0],
      ])
      expect(seen[4]?.resetMs).toBeGreaterThan(59_000)
      expect(query).not.toHaveBeenCalled()
      await limiter.exchange()
      expect(query).toHaveBeenCalledTimes(1)
      await limiter.exchange()
      expect(query).toHaveBeenCalledTimes(1)
    })

    it('knows after an exchange what the other gateways counted', async () => {
      const [one, two] = [limiterOn(db), limiterOn(db)]
      const ten = policy(10)
      for (let n = 0; n < 6; n += 1) one.count(ten, 'ada')
      for (let n = 0; n < 3; n += 1) two.count(ten, 'ada')
      await one.exchange()
      await two.exchange()
      expect(two.count(ten, 'ada')).toMatchObject({ allowed: true, remaining: 0 })
      expect(two.count(ten, 'ada').allowed).toBe(false)
      expect(one.count(ten, 'ada')).toMatchObject({ allowed: true, remaining: 3 })
      await two.exchange()
      await one.exchange()
      expect(one.count(ten, 'ada').allowed).toBe(false)
    })

    it('exchanges thousands of callers in one statement, and survives gateways doing so at once', async () => {
      const limiters = [limiterOn(db), limiterOn(db), limiterOn(db)]
      const many = policy(100)
      for (const limiter of limiters) {
        for (let n = 0; n < 3_000; n += 1) limiter.count(many, `caller-${(n * 7919) % 3_000}`)
      }
      await Promise.all(limiters.map((limiter) => limiter.exchange()))
      const [row] = await db.query(
        `select count(*)::int as callers, sum(points)::int as points from public.rate_limits where key like $1`,
        [`${many.name}:%`],
      )
      expect(row).toEqual({ callers: 3_000, points: 9_000 })
    })

    it('begins anew when the window is over', async () => {
      const limiter = limiterOn(db)
      const one = policy(1, 1)
      expect(limiter.count(one, 'ada').allowed).toBe(true)
      await limiter.exchange()
      expect(limiter.count(one, 'ada').allowed).toBe(false)
      await new Promise((resolve) => setTimeout(resolve, 1_050))
      expect(limiter.count(one, 'ada').allowed).toBe(true)
      await limiter.exchange()
      expect(limiter.count(one, 'ada').allowed).toBe(false)
    })
  })
}

describe('the local limiter without a database', () => {
  it('counts alone, and tells everything once the database is back', async () => {
    const told: unknown[][] = []
    let away = true
    const query = async (_sql: string, params: readonly unknown[] = []) => {
      if (away) throw new Error('gone')
      told.push(params as unknown[])
      return []
    }
    const limiter = limiterOn({ query: query as Database['query'] })
    const two = policy(2)
    const count = () => limiter.count(two, 'ada').allowed
    expect([count(), count(), count()]).toEqual([true, true, false])
    await limiter.exchange()
    away = false
    await limiter.exchange()
    expect(told.map(([keys, points]) => [keys, points])).toEqual([[[`${two.name}:ada`], [2]]])
  })

  it('does not grow with the callers there are', () => {
    const limiter = limiterOn({ query: () => Promise.reject(new Error('gone')) })
    const one = policy(1)
    for (let n = 0; n < 100_001; n += 1) limiter.count(one, `caller-${n}`)
    expect(limiter.count(one, 'caller-0').allowed).toBe(true)
    expect(limiter.count(one, 'caller-50000').allowed).toBe(false)
  })
})
