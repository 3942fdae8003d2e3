import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type EmptyDatabase, engines } from '../../test/support/engines.ts'
import type { NewEntry } from '../audit/entry.ts'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrations/migrate.ts'
import { createAlerts } from './alerts.ts'
import { watchCosts } from './cost-spikes.ts'

for (const engine of engines) {
  describe.skipIf(engine.unavailable)(`cost spikes on ${engine.name}`, () => {
    let database: EmptyDatabase
    let db: Database
    beforeAll(async () => {
      database = await engine.start()
      await migrate(database.db, { mode: database.mode })
      db = await database.gateway()
    })
    afterAll(() => database?.stop())
    beforeEach(async () => {
      await db.query('delete from public.usage_ledger')
    })

    const spend = (purpose: string, usd: number, hoursAgo: number, simulated = false) =>
      db.query(
        `insert into public.usage_ledger (at, generation_id, purpose, model, input_tokens, cache_creation_5m_input_tokens,
           cache_creation_1h_input_tokens, cache_read_input_tokens, output_tokens, cost_nano_usd, estimated, simulated)
         values (now() - $1 * interval '1 hour', gen_random_uuid(), $2, 'm', 0, 0, 0, 0, 0, $3, false, $4)`,
        [hoursAgo, purpose, Math.round(usd * 1e9), simulated],
      )
    const watch = (isMine = () => true) => {
      const entries: NewEntry[] = []
      const append = async (entry: NewEntry) => void entries.push(entry)
      const alerts = createAlerts({ append, actor: 'gateway:test', onError: () => {} })
      const errors: unknown[] = []
      const end = watchCosts({
        ...{ q: db, alerts, isMine, everyMs: 30, onError: (error) => errors.push(error) },
        thresholds: { factor: 3, leastUsd: 1, days: 7 },
      })
      onTestFinished(() => {
        end()
        alerts.close()
        expect(errors).toEqual([])
      })
      return entries
    }
    const quiet = () => new Promise((resolve) => setTimeout(resolve, 250))

    it('names the feature that costs far more than it usually does, once, and says when it is over', async () => {
      for (let hour = 2; hour < 150; hour += 3) {
        await spend('reply', 2, hour)
        await spend('synthesis', 0.5, hour)
      }
      await spend('reply', 1.5, 0.5)
      await spend('synthesis', 4.2, 0.5)
      const entries = watch()
      await expect.poll(() => entries.length, { timeout: 5_000 }).toBe(1)
      expect(entries[0]).toMatchObject({
        kind: 'alert.raised',
        data: {
          ...{ alert: 'cost_spike_synthesis', severity: 'warning', feature: 'synthesis', lastHourUsd: 4.2 },
          message: expect.stringMatching(
            /^synthesis cost \$4\.20 in the last hour; usual is \$0\.1\d an hour$/,
          ),
        },
      })
      await quiet()
      expect(entries).toHaveLength(1)
      await db.query(
        `update public.usage_ledger set at = now() - interval '3 hours' where at > now() - interval '1 hour'`,
      )
      await expect
        .poll(() => entries.map(({ kind }) => kind), { timeout: 5_000 })
        .toEqual(['alert.raised', 'alert.recovered'])
    })

    it('takes a feature that never cost anything for a spike, once Helix is older than a day', async () => {
      await spend('synthesis', 3, 0.2)
      const young = watch()
      await quiet()
      expect(young).toEqual([])
      await spend('reply', 1, 30)
      await expect
        .poll(() => young.map(({ data }) => data.alert), { timeout: 5_000 })
        .toEqual(['cost_spike_synthesis'])
    })

    it('says nothing of small sums, of simulated calls, and where another gateway speaks', async () => {
      await spend('reply', 0.01, 30)
      await spend('reply', 0.9, 0.2)
      await spend('title', 50, 0.2, true)
      const entries = watch()
      await spend('summary', 20, 0.1)
      const silent = watch(() => false)
      await expect
        .poll(() => entries.map(({ data }) => data.alert), { timeout: 5_000 })
        .toEqual(['cost_spike_summaries'])
      await quiet()
      expect(entries).toHaveLength(1)
      expect(silent).toEqual([])
    })
  })
}
