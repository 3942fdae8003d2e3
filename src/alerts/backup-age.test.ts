import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type EmptyDatabase, engines } from '../../test/support/engines.ts'
import type { NewEntry } from '../audit/entry.ts'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrations/migrate.ts'
import { createAlerts } from './alerts.ts'
import { watchBackups } from './backup-age.ts'

for (const engine of engines) {
  describe.skipIf(engine.unavailable)(`the age of backups on ${engine.name}`, () => {
    let database: EmptyDatabase
    let db: Database
    beforeAll(async () => {
      database = await engine.start()
      await migrate(database.db, { mode: database.mode })
      db = await database.gateway()
    })
    afterAll(() => database?.stop())
    beforeEach(() => db.query('delete from public.backup_records'))

    const made = (hoursAgo: number, provedHoursAgo: number | null = null) =>
      db.query(
        `insert into public.backup_records (id, made_at, place, bytes, proved_at, restore_ms)
         values ($1, now() - $2 * interval '1 hour', 'here', 1, now() - $3 * interval '1 hour', $4)`,
        [
          `20260101T000000Z-${String(hoursAgo).padStart(6, '0')}`,
          hoursAgo,
          provedHoursAgo,
          provedHoursAgo === null ? null : 5,
        ],
      )
    const watch = ({ madeWithinHours, isMine = true }: { madeWithinHours?: number; isMine?: boolean }) => {
      const told: unknown[] = []
      const append = async ({ kind, data }: NewEntry) => void told.push([kind, data.alert])
      const alerts = createAlerts({ append, actor: 'gateway:test', onError: () => {} })
      const end = watchBackups({
        ...{ q: db, alerts, isMine: () => isMine, everyMs: 20, provedWithinDays: 2, madeWithinHours },
        onError: (error) => told.push(error),
      })
      onTestFinished(() => {
        end()
        alerts.close()
      })
      return told
    }

    it('is told where nothing was proved for too long, and once it was', async () => {
      await made(72)
      const told = watch({})
      await expect.poll(() => told).toEqual([['alert.raised', 'restore_unproved']])
      await made(1, 1)
      await expect.poll(() => told.at(-1)).toEqual(['alert.recovered', 'restore_unproved'])
    })

    it('is told where none was made for too long, but only where somebody set how long', async () => {
      const silent = watch({})
      const told = watch({ madeWithinHours: 26 })
      await expect.poll(() => told).toEqual([['alert.raised', 'backup_overdue']])
      await made(1)
      await expect.poll(() => told.at(-1)).toEqual(['alert.recovered', 'backup_overdue'])
      expect(silent).toEqual([])
    })

    it('is left to the gateway that speaks for all', async () => {
      await made(72)
      const told = watch({ isMine: false })
      await sleep(100)
      expect(told).toEqual([])
    })
  })
}
