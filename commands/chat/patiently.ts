import { setTimeout as sleep } from 'node:timers/promises'
import { asHelixError, HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'

/** Longer than this no message waits for its turn, in ms; a day's allowance is not waited for. */
const LONGEST_MS = 120_000
const MOST_TRIES = 5

/**
 * Sends what a pipe brings faster than one may send: where the gateway says when it takes the next message, that is
 * waited for. What comes of it is thrown through; so is a wait of more than two minutes, or a sixth refusal.
 */
export async function patiently<T>(
  send: () => Promise<T>,
  { note }: Pick<Context, 'note'>,
  stop: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send()
    } catch (thrown) {
      const waitMs = waitFor(thrown)
      if (waitMs === undefined || tries > MOST_TRIES) throw thrown
      note(`Too many messages; the next one goes in ${Math.ceil(waitMs / 1_000)} s.`)
      await sleep(waitMs, undefined, { signal: stop }).catch(() => {
        throw new HelixError('stopped', 'Stopped while a message waited for its turn')
      })
    }
  }
}

function waitFor(thrown: unknown): number | undefined {
  const { status, retryAfterMs } = asHelixError(thrown).details ?? {}
  return status === 429 && typeof retryAfterMs === 'number' && retryAfterMs <= LONGEST_MS
    ? retryAfterMs
    : undefined
}
