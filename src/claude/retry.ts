/** How far a call may be repeated while nothing of its reply has arrived. */
export interface RetryPolicy {
  /** Attempts in all, the first one included. */
  maxAttempts: number
  /** Time from the first attempt within which the last one must start, in ms. */
  budgetMs: number
}

const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 4_000

interface Situation {
  /** The attempt that just failed, from 1. */
  attempt: number
  /** Whether asking again may help at all. */
  retryable: boolean
  /** Since the first attempt. */
  elapsedMs: number
  /** What Claude asked to wait, or null. */
  retryAfterMs: number | null
}

/** Delay before the next attempt in ms, or null when there is to be no other. */
export function nextDelay(
  { maxAttempts, budgetMs }: RetryPolicy,
  { attempt, retryable, elapsedMs, retryAfterMs }: Situation,
): number | null {
  if (!retryable || attempt >= maxAttempts) return null
  const delayMs = Math.round(retryAfterMs ?? backoff(attempt))
  return elapsedMs + delayMs <= budgetMs ? delayMs : null
}

/** Exponential, up to a quarter shorter by chance, so that callers refused together do not return together. */
function backoff(attempt: number): number {
  const full = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS)
  return full * (1 - Math.random() / 4)
}
