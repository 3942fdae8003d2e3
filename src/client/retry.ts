import { HelixError } from '../errors.ts'

const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 5_000
/** However long the gateway asks us to wait, we look again after this. */
export const LONGEST_WAIT_MS = 30_000

/** Waits before attempt number `attempt` (from 1): 250 ms, doubling to 5 s, with jitter; at least `atLeastMs`. */
export async function backOff(
  attempt: number,
  signal: AbortSignal | undefined,
  atLeastMs = 0,
): Promise<void> {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)) * (0.75 + Math.random() / 4)
  await sleep(Math.max(atLeastMs, delay), signal)
}

/** Whether nobody listens there at all, so that asking again at once is pointless. */
export function nobodyThere(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown }
    if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ENOTFOUND') return true
  }
  return false
}

/** Whether the same request may succeed a moment later: the connection broke, or the gateway is restarting. */
export function isPassing(error: unknown): boolean {
  return error instanceof HelixError && (error.code === 'gateway_unreachable' || error.code === 'draining')
}

/** How long the gateway asks us to wait, in ms; undefined when it does not say. */
export function retryAfter(error: unknown): number | undefined {
  const ms = error instanceof HelixError ? error.details?.retryAfterMs : undefined
  return typeof ms === 'number' ? Math.min(ms, LONGEST_WAIT_MS) : undefined
}

async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
