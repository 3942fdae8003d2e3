import type { MiddlewareHandler } from 'hono'
import { HelixError } from '../../src/errors.ts'
import type { GatewayEnv } from '../env.ts'
import { asksForEvents, onceSent } from '../event-stream.ts'

/** How soon one of a hundred streams may have ended, in ms: a guess, for who waits. */
const RETRY_AFTER_MS = 5_000

/** Limits the event streams one person follows on this gateway at the same time. */
export function limitStreams(most: number): MiddlewareHandler<GatewayEnv> {
  const open = new Map<string, number>()

  function release(userId: string): void {
    const left = (open.get(userId) ?? 1) - 1
    if (left > 0) open.set(userId, left)
    else open.delete(userId)
  }

  return async function limitStreams(c, next) {
    if (!asksForEvents(c.req)) return next()
    const { userId } = c.get('person')
    const count = open.get(userId) ?? 0
    if (count >= most) throw tooManyStreams(most)
    open.set(userId, count + 1)
    await next()
    // A reader who left may have left a reading behind: it counts until it has ended.
    onceSent(c, () => void Promise.allSettled([c.get('reading')]).then(() => release(userId)))
  }
}

function tooManyStreams(most: number): HelixError {
  return new HelixError('too_many_streams', `You have ${most} streams open already`, {
    hint: 'Close one of them first.',
    details: { retryAfterMs: RETRY_AFTER_MS },
  })
}
