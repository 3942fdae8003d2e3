import { setTimeout as sleep } from 'node:timers/promises'
import type { Queryable } from '../../src/db/database.ts'
import { HelixError } from '../../src/errors.ts'
import type { Logger } from '../../src/log/logger.ts'
import { logFailure } from './log.ts'

interface FailureLogOptions {
  log: Logger
  db: Queryable
  /** How often a database that is away is asked whether it is back. */
  everyMs?: number
}

/**
 * Logs failures that no caller is told of. While the database is away everything fails again and again, so an
 * outage is one line when it begins and one when it is over; each failure in it is told at `debug`.
 */
export function openFailureLog({ log, db, everyMs = 1_000 }: FailureLogOptions): (thrown: unknown) => void {
  let away = false

  async function tellReturn(): Promise<void> {
    const began = performance.now()
    for (;;) {
      await sleep(everyMs, undefined, { ref: false })
      try {
        await db.query('select 1')
        break
      } catch {
        // Still away.
      }
    }
    away = false
    log.info({ event: 'database_back', afterMs: Math.round(performance.now() - began) })
  }

  return (thrown) => {
    const outage = unreachableIn(thrown)
    if (!outage) return logFailure(log, thrown)
    if (!away) {
      away = true
      log.error({ event: 'database_away', code: outage.code, message: outage.message, hint: outage.hint })
      void tellReturn()
    }
    logFailure(log, thrown, 'debug')
  }
}

function unreachableIn(thrown: unknown): HelixError | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof HelixError && error.code === 'database_unreachable') return error
  }
  return undefined
}
