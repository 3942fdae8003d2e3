import { open, readFile, rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { HelixError } from '../../errors.ts'
import { isAlive } from './alive.ts'

const RETRY_MS = 50
/** A lock without a holder's id this long after it was made was left by a crash. */
const UNNAMED_MS = 5_000

/**
 * Runs `work` while this process alone holds `<path>.lock`; the lock of a process that died is taken over.
 * @throws HelixError `lock_held` when it is not free within `waitMs`.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>, waitMs = 30_000): Promise<T> {
  const lock = `${path}.lock`
  const until = Date.now() + waitMs
  while (!(await take(lock))) {
    if (Date.now() > until) {
      throw new HelixError('lock_held', `Another process holds ${lock}`, {
        hint: `Wait for the other command, or remove ${lock} when none runs.`,
      })
    }
    if (await isAbandoned(lock)) await breakLock(lock)
    await sleep(RETRY_MS)
  }
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx', 0o600)
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const holder = await readFile(lock, 'utf8')
    if (holder !== '') return !isAlive(Number(holder))
    return Date.now() - (await stat(lock)).mtimeMs > UNNAMED_MS
  } catch {
    return false
  }
}

// Two who wait may both see it abandoned; the second must not remove what the first has taken by then.
async function breakLock(lock: string): Promise<void> {
  const turn = `${lock}.break`
  if (!(await take(turn))) return
  try {
    if (await isAbandoned(lock)) await rm(lock, { force: true })
  } finally {
    await rm(turn, { force: true })
  }
}
