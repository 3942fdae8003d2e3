/**
 * Waits `ms`, or less: until `signal` aborts or, where there is one, `wake` resolves.
 * @throws the reason of `signal`
 */
export async function pause(ms: number, signal: AbortSignal, wake?: Promise<unknown>): Promise<void> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const { promise: elapsed, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([elapsed, aborted, ...(wake ? [wake] : [])])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** How long to wait before attempt `attempt` (from 1): `first`, doubling up to `longest`, with jitter. */
export function delayBefore(attempt: number, first: number, longest: number): number {
  return Math.min(longest, first * 2 ** (attempt - 1)) * (0.75 + Math.random() / 4)
}
