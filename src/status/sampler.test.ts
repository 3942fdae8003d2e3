import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmptyDatabase, engines } from '../../test/support/engines.ts'
import type { Health } from '../contract/health.ts'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrations/migrate.ts'
import { createStatusBoard } from './board.ts'
import { sampleUptime } from './sampler.ts'

const HEALTHY: Health = {
  ...{ status: 'ok', release: '1', mode: 'embedded', simulated: false, uptimeSeconds: 1, maintenance: null },
  checks: { database: 'ok', claude: 'ok', discord: 'off' },
}
const NOON = Date.parse('2026-11-25T12:00:00Z')
const MINUTE = 60_000

for (const engine of engines) {
  describe.skipIf(engine.unavailable)(`looking at the parts every minute on ${engine.name}`, () => {
    let database: EmptyDatabase
    let db: Database
    beforeAll(async () => {
      database = await engine.start()
      await migrate(database.db, { mode: database.mode })
      db = await database.gateway()
    })
    afterAll(() => database?.stop())

    const errors: unknown[] = []
    const onError = (error: unknown) => errors.push(error)
    const days = () =>
      db.query<{ component: string; good: number; bad: number; uncounted: number }>(
        'select component, good, bad, uncounted from public.uptime_days order by component',
      )
    const empty = () =>
      db.transaction('gateway', async (tx) => {
        for (const table of ['uptime_days', 'uptime_minutes', 'leases'])
          await tx.query(`delete from public.${table}`)
      })

    it('is done by one gateway, and goes on where that one leaves it', async () => {
      await empty()
      let at = NOON
      const look = (instance: string, health = HEALTHY) =>
        sampleUptime({ db, instance, onError, beatMs: 20, now: () => at, health: async () => health })
      const one = look('one')
      await sleep(100)
      const other = look('other', { ...HEALTHY, checks: { ...HEALTHY.checks, claude: 'down' } })
      at += MINUTE
      await sleep(150)
      expect(await days()).toEqual([
        { component: 'claude', good: 2, bad: 0, uncounted: 0 },
        { component: 'database', good: 2, bad: 0, uncounted: 0 },
        { component: 'discord', good: 0, bad: 0, uncounted: 2 },
        { component: 'gateway', good: 2, bad: 0, uncounted: 0 },
      ])
      await one.stop()
      at += MINUTE
      await expect
        .poll(async () => (await days())[0])
        .toEqual({
          component: 'claude',
          ...{ good: 2, bad: 1, uncounted: 0 },
        })
      await other.stop()
      expect(errors).toEqual([])
    })

    it('writes the minutes it could not write once the database is back', async () => {
      await empty()
      let at = NOON
      let away = false
      const flaky: Database = {
        ...db,
        engine: db.engine,
        query: (sql, params) => (away ? Promise.reject(new Error('away')) : db.query(sql, params)),
      }
      const health = async (): Promise<Health> => ({
        ...HEALTHY,
        checks: { ...HEALTHY.checks, database: away ? 'down' : 'ok' },
      })
      const sampler = sampleUptime({ db: flaky, instance: 'one', onError, beatMs: 20, now: () => at, health })
      await sleep(100)
      away = true
      for (let n = 0; n < 3; n += 1) {
        at += MINUTE
        await sleep(60)
      }
      away = false
      at += MINUTE
      await expect.poll(days).toMatchObject([
        { component: 'claude', good: 5, bad: 0 },
        { component: 'database', good: 2, bad: 3 },
        { component: 'discord', uncounted: 5 },
        { component: 'gateway', good: 5, bad: 0 },
      ])
      await sampler.stop()
    })

    it('is told to everyone, from memory while the database is away', async () => {
      await empty()
      const now = new Date(new Date().setUTCHours(12, 3, 0, 0))
      await db.query('select helix.note_uptime($1::jsonb)', [
        JSON.stringify([
          { minute: now, gateway: 'o', database: 'o', claude: 'd', discord: '-' },
          {
            minute: new Date(now.getTime() - 2 * MINUTE),
            gateway: 'o',
            database: 'x',
            claude: 'o',
            discord: '-',
          },
        ]),
      ])
      let down = false
      let asked = 0
      const counted: Database = {
        ...db,
        engine: db.engine,
        query(sql, params) {
          asked += 1
          return down ? Promise.reject(new Error('away')) : db.query(sql, params)
        },
      }
      const health = async (): Promise<Health> =>
        down ? { ...HEALTHY, status: 'down', checks: { ...HEALTHY.checks, database: 'down' } } : HEALTHY
      const board = createStatusBoard({ db: counted, health, now: () => now })
      const first = await board.read()
      const once = asked
      for (let n = 0; n < 100; n += 1) await board.read()
      expect(asked).toBe(once)
      expect(first.components.map(({ name, status }) => [name, status])).toEqual([
        ['gateway', 'operational'],
        ['database', 'operational'],
        ['claude', 'operational'],
        ['discord', 'off'],
      ])
      const uptime = (from: typeof first) => from.components.map(({ days: all }) => all.at(-1)?.uptime)
      expect(uptime(first)[3]).toBeNull()
      expect(uptime(first)[1]).toBeLessThan(1)
      down = true
      board.forget()
      const later = await board.read()
      expect(later.status).toBe('down')
      expect(later.components[1]?.status).toBe('down')
      expect(uptime(later)).toEqual(uptime(first))
    })
  })
}
