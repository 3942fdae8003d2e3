import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { type StoredRow, TABLES, type TableName, type Tables } from './tables.ts'

/**
 * Version of the schema. It only ever grows: a page of an older release that is still open gives its connection up
 * to a newer one, and goes on without.
 */
const VERSION = 1
const NAME = 'helix'
/** How long tabs of an older release may take to give up their connection, in ms. */
const BLOCKED_MS = 5_000

type Schema = DBSchema & Record<TableName, { key: [string, string]; value: StoredRow }>

/**
 * Tables in the browser's IndexedDB.
 * @throws where there is none, it is denied, or a newer release has changed it
 */
export async function browserTables(): Promise<Tables> {
  let db: IDBPDatabase<Schema> | undefined = await open(forget)

  function forget(): void {
    db = undefined
  }

  async function opened(): Promise<IDBPDatabase<Schema>> {
    db ??= await open(forget)
    return db
  }

  return {
    read: async (table, userId, id) => (await opened()).get(table, [userId, id]),
    list: async (table, userId) => (await opened()).getAll(table, rowsOf(userId)),
    async write(table, row) {
      await (await opened()).put(table, row)
    },
    async remove(table, userId, id) {
      await (await opened()).delete(table, [userId, id])
    },
    async clear(tables, userId) {
      const transaction = (await opened()).transaction([...tables], 'readwrite')
      for (const table of tables) await transaction.objectStore(table).delete(rowsOf(userId))
      await transaction.done
    },
  }
}

/** Of one person, or of everyone: an array sorts after every string. */
function rowsOf(userId: string | undefined): IDBKeyRange {
  return userId === undefined ? IDBKeyRange.lowerBound([]) : IDBKeyRange.bound([userId], [userId, []])
}

async function open(onLost: () => void): Promise<IDBPDatabase<Schema>> {
  const { promise: blocked, reject } = Promise.withResolvers<never>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const opening = openDB<Schema>(NAME, VERSION, {
    upgrade(db) {
      for (const table of TABLES)
        if (!db.objectStoreNames.contains(table)) db.createObjectStore(table, { keyPath: ['userId', 'id'] })
    },
    blocked() {
      timer = setTimeout(() => reject(new Error('Another tab keeps the store from opening')), BLOCKED_MS)
    },
    blocking(_current, _next, event) {
      ;(event.target as IDBDatabase).close()
      onLost()
    },
    terminated: onLost,
  })
  try {
    return await Promise.race([opening, blocked])
  } catch (error) {
    // Should it open after all, nobody uses it.
    opening.then((db) => db.close()).catch(() => {})
    throw error
  } finally {
    clearTimeout(timer)
  }
}
