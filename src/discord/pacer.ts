import { setTimeout as sleep } from 'node:timers/promises'

/**
 * How fast one Discord channel is posted to. What it takes in a minute (30) is told by no header, so it is kept
 * below that: never more than 4 at once, and one every 2.4 s for long.
 */
const BURST = 4
const REFILL_MS = 2_400

export interface Pace {
  burst?: number
  refillMs?: number
}

/** Lets one request after the other through: in turn, no faster than agreed, and not while told to wait. */
export interface Pacer {
  /** Runs `send` when it is its turn; rejects with the signal's reason when that comes first. */
  turn<T>(send: () => Promise<T>, signal: AbortSignal): Promise<T>
  /** Nothing goes out for so long. */
  pause(ms: number): void
}

/** Begins with a single request: what another process sent just before is not known here. */
export function createPacer({ burst = BURST, refillMs = REFILL_MS }: Pace = {}): Pacer {
  let tokens = 1
  let filledAt = performance.now()
  let pausedUntil = 0
  let last: Promise<unknown> = Promise.resolve()

  function waitMs(): number {
    const now = performance.now()
    const gained = (now - filledAt) / refillMs
    tokens = Math.min(burst, tokens + gained)
    filledAt = now
    return Math.max(pausedUntil - now, tokens >= 1 ? 0 : (1 - tokens) * refillMs)
  }

  async function take(signal: AbortSignal): Promise<void> {
    for (let ms = waitMs(); ms > 0; ms = waitMs()) await sleep(Math.ceil(ms), undefined, { signal })
    signal.throwIfAborted()
    tokens -= 1
  }

  return {
    turn(send, signal) {
      const result = last.then(() => take(signal)).then(send)
      last = result.catch(() => {})
      return result
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, performance.now() + ms)
    },
  }
}
