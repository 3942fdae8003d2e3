import type { Database } from '../db/database.ts'
import { closeForgottenIntents, closeLostActs } from './open-intents.ts'
import { ACT_RENEW_MS } from './place.ts'

interface RecoveryDeps {
  db: Database
  /** Who closes, as entries name them. */
  actor: string
  onError: (error: unknown) => void
  /** How often to look, in ms; 10 s. */
  everyMs?: number
}

/** How long others may have to say that they are still at work, once the database is back. */
const PATIENCE_MS = ACT_RENEW_MS + 5_000
const FORGOTTEN_AFTER_MS = 3_600_000

/**
 * Closes on the chain what processes that are gone left open there: acts whose lease ran out, within a minute, and once
 * an hour whatever nobody answers for. Any number of processes may do so at once. Resolves to the way to end it.
 */
export function recoverActs({ db, actor, onError, everyMs = ACT_RENEW_MS }: RecoveryDeps) {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let stopped = false
  // After an outage nobody could renew anything, so whoever lives is given time to.
  let notBefore = performance.now() + Math.min(PATIENCE_MS, everyMs * 1.5)
  let forgottenDue = 0

  async function look(): Promise<void> {
    const now = performance.now()
    if (now < notBefore) return void (await db.query('select 1'))
    await closeLostActs(db, actor)
    if (now < forgottenDue) return
    await closeForgottenIntents(db, new Date(Date.now() - FORGOTTEN_AFTER_MS), actor)
    forgottenDue = now + FORGOTTEN_AFTER_MS
  }

  function schedule(): void {
    timer = setTimeout(() => {
      running = look()
        .catch((error: unknown) => {
          notBefore = performance.now() + Math.min(PATIENCE_MS, everyMs * 1.5)
          onError(error)
        })
        .finally(() => {
          if (!stopped) schedule()
        })
    }, everyMs)
    timer.unref()
  }
  schedule()

  return async function stop(): Promise<void> {
    stopped = true
    clearTimeout(timer)
    await running
  }
}
