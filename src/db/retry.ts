import { setTimeout as sleep } from 'node:timers/promises'
import { isStatementError } from './statement-error.ts'

const MOST_TRIES = 5
const PAUSE_MS = 50
/** Deadlock and serialization failure: PostgreSQL undid it for another's sake, and it may pass when it comes again. */
const UNDONE = new Set(['40P01', '40001'])

/** Runs a whole transaction again, a few times, when PostgreSQL undid it for the sake of another. */
export async function retryUndone<T>(run: () => Promise<T>, tries = MOST_TRIES): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await run()
    } catch (error) {
      if (!isStatementError(error) || !UNDONE.has(error.code) || tried >= tries) throw error
    }
    await sleep(PAUSE_MS * tried * (0.5 + Math.random()))
  }
}
