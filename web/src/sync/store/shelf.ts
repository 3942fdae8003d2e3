import type { Signal } from '@preact/signals'
import type { TableName, Tables } from './tables.ts'

/** `kept`: on the device; else only in this tab: the browser denies storage, or it is full. */
export type Keeping = 'kept' | 'denied' | 'full'

/** What stores are made of. */
export interface ShelfParts {
  /** Undefined where there is no storage on the device. */
  device: Promise<Tables | undefined>
  memory: Tables
  keeping: Signal<Keeping>
}

/** One table, of values that must not be lost while the tab lives. Nothing here rejects. */
export interface Shelf {
  read(userId: string, id: string): Promise<unknown>
  /** In no order. */
  list(userId: string): Promise<unknown[]>
  /** Resolves to whether it is kept on the device. */
  write(userId: string, id: string, value: unknown): Promise<boolean>
  remove(userId: string, id: string): Promise<void>
}

/** What has no place on the device stays in memory; a full device first gives up what can be loaded again. */
export function createShelf(table: TableName, { device, memory, keeping }: ShelfParts): Shelf {
  async function keep(tables: Tables, userId: string, id: string, value: unknown): Promise<void> {
    const row = { userId, id, at: Date.now(), value }
    try {
      await tables.write(table, row)
    } catch {
      await tables.clear(['conversations', 'messages'])
      await tables.write(table, row)
    }
  }

  return {
    async read(userId, id) {
      const held = await memory.read(table, userId, id)
      const row = held ?? (await (await device)?.read(table, userId, id).catch(() => undefined))
      return row?.value
    },
    async list(userId) {
      const held = await memory.list(table, userId)
      const kept = (await (await device)?.list(table, userId).catch(() => [])) ?? []
      const byId = new Map([...kept, ...held].map((row) => [row.id, row.value]))
      return [...byId.values()]
    },
    async write(userId, id, value) {
      const tables = await device
      try {
        if (!tables) throw new Error('Nothing is kept on this device')
        await keep(tables, userId, id, value)
        await memory.remove(table, userId, id)
        keeping.value = 'kept'
        return true
      } catch (error) {
        keeping.value =
          error instanceof DOMException && error.name === 'QuotaExceededError' ? 'full' : 'denied'
        await memory.write(table, { userId, id, at: Date.now(), value })
        return false
      }
    },
    async remove(userId, id) {
      await memory.remove(table, userId, id)
      await (await device)?.remove(table, userId, id).catch(() => {})
    },
  }
}
