import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Database } from '../db/database.ts'
import { StatementError } from '../db/statement-error.ts'
import { createStorage, type FullDisk } from './storage.ts'

const LEAST = 1_000

function watch({ free = LEAST, fullForMs = 10_000 } = {}) {
  const disk = { free }
  const told: (FullDisk | null)[] = []
  const storage = createStorage({
    ...{ folder: '/', leastFree: LEAST, everyMs: 5, fullForMs },
    freeSpace: async () => disk.free,
    onFull: (full) => told.push(full),
    onRoom: () => told.push(null),
    onError: (error) => {
      throw error
    },
  })
  return { disk, told, storage }
}

const failing = (code: string) =>
  ({
    query: async () => {
      throw new StatementError('could not extend file', { code })
    },
  }) as unknown as Database

it('a disk is full below the least, until there is clearly more again; each is told once', async () => {
  const { disk, told, storage } = watch()
  await storage.begin()
  expect(storage.state()).toBe('ok')
  storage.requireRoom()
  disk.free = LEAST - 1
  await expect.poll(storage.state).toBe('degraded')
  expect(() => storage.requireRoom()).toThrow(expect.objectContaining({ code: 'storage_full' }))
  disk.free = LEAST + 1
  await sleep(30)
  expect(storage.state()).toBe('degraded')
  disk.free = LEAST * 1.2
  await expect.poll(storage.state).toBe('ok')
  expect(told).toEqual(['data directory', null])
  storage.close()
})

it('a database that says its disk is full is believed for a while', async () => {
  const { told, storage } = watch({ fullForMs: 50 })
  await storage.begin()
  const refused = storage.notice(failing('53100')).query('insert')
  await expect(refused).rejects.toMatchObject({ code: 'storage_full', cause: { code: '53100' } })
  expect(storage.state()).toBe('degraded')
  await expect.poll(storage.state).toBe('ok')
  expect(told).toEqual(['database'])
  storage.close()
})

it('what a database refuses for another reason is passed on', async () => {
  const { storage } = watch()
  const refused = storage.notice(failing('23505')).query('insert')
  await expect(refused).rejects.toMatchObject({ code: '23505' })
  expect(storage.state()).toBe('ok')
})
