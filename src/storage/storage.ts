import { statfs } from 'node:fs/promises'
import type { CheckState } from '../contract/health.ts'
import type { Database } from '../db/database.ts'
import { isStatementError } from '../db/statement-error.ts'
import { HelixError } from '../errors.ts'

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
  /** Told when the disk is full, and which; and when there is room again. */
  onChange: (full: FullDisk | null) => void
  onError: (error: unknown) => void
  /** Free space of the disk a folder is on, in bytes. */
  freeSpace?: (folder: string) => Promise<number>
  everyMs?: number
  /** How long the word of a database counts, in ms; it is asked for something every few seconds. */
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
  const { folder, leastFree, onChange, onError } = deps
  const { freeSpace = freeSpaceOf, everyMs = 2_000, fullForMs = 15_000 } = deps
  let low = false
  let refusedAt = Number.NEGATIVE_INFINITY
  let told: FullDisk | null = null
  let timer: NodeJS.Timeout | undefined

  const full = (): FullDisk | null => {
    if (low) return 'data directory'
    return performance.now() - refusedAt < fullForMs ? 'database' : null
  }

  function tell(): void {
    const now = full()
    if ((now === null) !== (told === null)) onChange(now)
    told = now
  }

  async function look(): Promise<void> {
    const free = await freeSpace(folder)
    low = free < (low ? leastFree * AGAIN : leastFree)
    tell()
  }

  async function noticing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      if (!isStatementError(thrown, DISK_FULL)) throw thrown
      refusedAt = performance.now()
      tell()
      throw storageFull(thrown)
    }
  }

  return {
    state: () => (full() === null ? 'ok' : 'degraded'),
    requireRoom() {
      if (full() !== null) throw storageFull()
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

async function freeSpaceOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
