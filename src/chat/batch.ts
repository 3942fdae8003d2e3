import { isStatementError } from '../db/statement-error.ts'

interface Waiting<I, O> {
  item: I
  resolve: (outcome: O) => void
  reject: (reason: unknown) => void
}

const MOST_TRIES = 3
/** Unique violation, deadlock, serialization failure: another instance was faster, and a look shows what it did. */
const COLLISIONS = new Set(['23505', '40P01', '40001'])

function isCollision(reason: unknown): boolean {
  return isStatementError(reason) && COLLISIONS.has(reason.code)
}

/**
 * Lets callers that arrive while a run is under way share the next one. Alone, an item runs at once; together,
 * items cost one transaction instead of many. When the database refuses a shared run, its items run again one
 * by one, so that a bad item fails alone; when the database cannot be reached, all fail, since nobody knows what
 * came of them.
 *
 * @param run takes 1..`most` items and resolves to one outcome per item, in order
 */
export function createBatch<I, O>(run: (items: I[]) => Promise<O[]>, { most = 64 } = {}) {
  const queue: Waiting<I, O>[] = []
  let running = false

  async function attempt(waiting: Waiting<I, O>[], tries = 1): Promise<void> {
    try {
      const outcomes = await run(waiting.map(({ item }) => item))
      waiting.forEach(({ resolve }, place) => {
        resolve(outcomes[place] as O)
      })
    } catch (reason) {
      await recover(waiting, tries, reason)
    }
  }

  async function recover(waiting: Waiting<I, O>[], tries: number, reason: unknown): Promise<void> {
    if (isCollision(reason) && tries < MOST_TRIES) return attempt(waiting, tries + 1)
    if (isStatementError(reason) && waiting.length > 1) {
      for (const one of waiting) await attempt([one])
      return
    }
    for (const { reject } of waiting) reject(reason)
  }

  async function drain(): Promise<void> {
    running = true
    while (queue.length > 0) await attempt(queue.splice(0, most))
    running = false
  }

  /** Resolves to the outcome of `item` once the run that took it in has ended. */
  return function submit(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject })
      if (!running) void drain()
    })
  }
}
