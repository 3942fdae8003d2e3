import type { Database } from '../../db/database.ts'

/** How long a reader waits for a wake-up before it looks anyway, in ms: a lost NOTIFY costs this much. */
const LOOK_ANYWAY_MS = 1_000

/** Wakes readers of replies that other instances make, on NOTIFY. */
export async function createWakeups(db: Database) {
  const waiting = new Map<string, Set<() => void>>()

  const wake = (generationId: string) => {
    for (const resolve of waiting.get(generationId) ?? []) resolve()
  }
  const wakeAll = () => {
    for (const generationId of [...waiting.keys()]) wake(generationId)
  }
  const unlisten = await db.listen(
    'helix_replies',
    (payload) => {
      if (payload === '*') wakeAll()
      else for (const generationId of payload.split(' ')) wake(generationId)
    },
    wakeAll,
  )

  return {
    /** Resolves when there may be more of the reply, when `signal` aborts, or after a second. */
    next(generationId: string, signal?: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        const here = waiting.get(generationId) ?? new Set()
        waiting.set(generationId, here)
        const done = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', done)
          here.delete(done)
          if (here.size === 0) waiting.delete(generationId)
          resolve()
        }
        const timer = setTimeout(done, LOOK_ANYWAY_MS)
        here.add(done)
        if (signal?.aborted) done()
        else signal?.addEventListener('abort', done, { once: true })
      })
    },
    close: unlisten,
  }
}

export type Wakeups = Awaited<ReturnType<typeof createWakeups>>
