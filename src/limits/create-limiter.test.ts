import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type EmptyDatabase, engines } from '../../test/support/engines.ts'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrations/migrate.ts'
import { createLimiter } from './create-limiter.ts'
import type { Policy } from './limiter.ts'

let policies = 0
/** A policy no other test has counted against. */
function policy(points: number, seconds = 60): Policy {
  policies += 1
  return { name: `policy-${policies}`, points, seconds }
}

for (const engine of engines) {
  describe.skipIf(engine.unavailable)(`the limiter on ${engine.name}`, () => {
    let database: EmptyDatabase
    let db: Database
    beforeAll(async () => {
      database = await engine.start()
      await migrate(database.db, { mode: database.mode })
      db = await database.gateway()
    })
    afterAll(() => database.stop())

    it('allows as many as the policy has points, then refuses until the window is over', async () => {
      const limiter = createLimiter(db)
      const three = policy(3, 1)
      const seen = []
      for (let n = 0; n < 5; n += 1) seen.push(await limiter.take(three, 'ada'))
      expect(seen.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
        [false, 0],
      ])
      expect(seen[4]?.resetMs).toBeGreaterThan(0)
      expect(seen[4]?.resetMs).toBeLessThanOrEqual(1000)
      expect(seen[4]?.policy).toBe(three)
      await new Promise((resolve) => setTimeout(resolve, 1100))
      expect(await limiter.take(three, 'ada')).toMatchObject({ allowed: true, remaining: 2 })
    })

    it('counts for all gateways together, exactly, however many ask at once', async () => {
      const gateways = [createLimiter(db), createLimiter(db), createLimiter(db)]
      const twenty = policy(20)
      const asked = Array.from({ length: 60 }, (_, n) => gateways[n % 3]?.take(twenty, 'ada'))
      const allowed = (await Promise.all(asked)).filter((standing) => standing?.allowed)
      expect(allowed).toHaveLength(20)
    })

    it('keeps people and policies apart', async () => {
      const limiter = createLimiter(db)
      const [one, other] = [policy(1), policy(1)]
      for (const take of [
        () => limiter.take(one, 'ada'),
        () => limiter.take(one, 'bob'),
        () => limiter.take(other, 'ada'),
      ]) {
        expect((await take()).allowed).toBe(true)
        expect((await take()).allowed).toBe(false)
      }
    })

    it('counts a whole IPv6 /64 as one caller', async () => {
      const limiter = createLimiter(db)
      const one = policy(1)
      expect((await limiter.take(one, '2001:db8::1')).allowed).toBe(true)
      expect((await limiter.take(one, '2001:db8::ffff:1')).allowed).toBe(false)
      expect((await limiter.take(one, '2001:db8:0:1::1')).allowed).toBe(true)
    })

    it('refuses from memory who is over, without a statement', async () => {
      const query = vi.fn(db.query)
      const limiter = createLimiter({ query: query as Database['query'] })
      const one = policy(1)
      await limiter.take(one, 'ada')
      for (let n = 0; n < 10; n += 1) expect((await limiter.take(one, 'ada')).allowed).toBe(false)
      expect(query).toHaveBeenCalledTimes(1)
    })

    it('takes a key of any text', async () => {
      const limiter = createLimiter(db)
      const one = policy(1)
      for (const key of [
        '',
        'a\0b',
        'x'.repeat(100_000),
        "'; drop table rate_limits --",
        '\ud800',
        '__proto__',
      ]) {
        expect((await limiter.take(one, key)).allowed, key.slice(0, 30)).toBe(true)
        expect((await createLimiter(db).take(one, key)).allowed, key.slice(0, 30)).toBe(false)
      }
    })
  })
}

describe('the limiter without a database', () => {
  it('counts in this process alone', async () => {
    const limiter = createLimiter({ query: () => Promise.reject(new Error('gone')) })
    const two = policy(2)
    const allowed = []
    for (let n = 0; n < 3; n += 1) allowed.push((await limiter.take(two, 'ada')).allowed)
    expect(allowed).toEqual([true, true, false])
  })

  it('waits a second at most', async () => {
    const limiter = createLimiter({ query: () => new Promise(() => {}) })
    const began = performance.now()
    expect((await limiter.take(policy(2), 'ada')).allowed).toBe(true)
    expect(performance.now() - began).toBeLessThan(2000)
  })
})
