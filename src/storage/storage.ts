import type { CheckState } from '../contract/health.ts'
import type { Database } from '../db/database.ts'
import { isStatementError } from '../db/statement-error.ts'
import { HelixError } from '../errors.ts'
import { freeSpaceOf } from './free-space.ts'

/** Whether there is room for what people write. */
export interface Storage {
  state(): CheckState
  /** @throws HelixError `storage_full` while there is no room */
  requireRoom(): void
  /** The same database, whose disk is known to be full once it says so. */
  notice(db: Database): Database
  /** Looks at the disk, now and from then on. */
  begin(): Promise<void>
  close(): void
}

/** Whose disk it is. */
export type FullDisk = 'data directory' | 'database'

interface StorageDeps {
  /** A folder on the disk that is looked at. */
  folder: string
  /** Least free space, in bytes. */
  leastFree: number
  /** Told once when the disk of the folder is full, and each time the database says that its own is. */
  onFull: (disk: FullDisk) => void
  /** Told when the disk of the folder has room again; of a database nobody knows before it takes something. */
  onRoom: () => void
  onError: (error: unknown) => void
  freeSpace?: (folder: string) => Promise<number>
  everyMs?: number
  /** How long the word of a database counts, in ms; then the next who writes finds out. */
  fullForMs?: number
}

const DISK_FULL = '53100'
const RETRY_AFTER_MS = 15_000
/** Above the least by this much there is room again, so that it does not come and go. */
const AGAIN = 1.1

/**
 * Follows whether there is room: by the free space of a disk, and by what a database says that is elsewhere. Some is left
 * when writing ends, since an embedded database without any cannot go on.
 */
export function createStorage(deps: StorageDeps): Storage {
  const { folder, leastFree, onFull, onRoom, onError } = deps
  const { freeSpace = freeSpaceOf, everyMs = 2_000, fullForMs = 15_000 } = deps
  let low = false
  let refusedAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined

  const isFull = () => low || performance.now() - refusedAt < fullForMs

  async function look(): Promise<void> {
    const was = low
    low = (await freeSpace(folder)) < (was ? leastFree * AGAIN : leastFree)
    if (low && !was) onFull('data directory')
    if (was && !low) onRoom()
  }

  async function noticing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      if (!isStatementError(thrown, DISK_FULL)) throw thrown
      refusedAt = performance.now()
      onFull('database')
      throw storageFull(thrown)
    }
  }

  return {
    state: () => (isFull() ? 'degraded' : 'ok'),
    requireRoom() {
      if (isFull()) throw storageFull()
    },
    notice: (db) => ({
      ...db,
      query: (sql, params) => noticing(() => db.query(sql, params)),
      transaction: (access, work) => noticing(() => db.transaction(access, work)),
    }),
    async begin() {
      timer = setInterval(() => look().catch(onError), everyMs)
      timer.unref()
      await look().catch(onError)
    },
    close: () => clearInterval(timer),
  }
}

function storageFull(cause?: unknown): HelixError {
  return new HelixError('storage_full', 'There is no room on the disk: nothing new can be kept', {
    hint: 'What was sent before is safe and can be read. Whoever runs this Helix was told; try again in a while.',
    details: { retryAfterMs: RETRY_AFTER_MS },
    cause,
  })
}
