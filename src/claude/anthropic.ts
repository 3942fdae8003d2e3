import { setTimeout as sleep } from 'node:timers/promises'
import type { Claude } from './claude.ts'
import { messageParams } from './params.ts'
import { nextDelay, type RetryPolicy } from './retry.ts'
import type { ReplyTimeouts } from './stall.ts'
import { stopped } from './stopped.ts'

const BASE_URL = 'https://api.anthropic.com'
const TIMEOUTS: ClaudeTimeouts = { connectMs: 5_000, firstByteMs: 60_000, idleMs: 25_000, quietMs: 300_000 }
const RETRY: RetryPolicy = { maxAttempts: 4, budgetMs: 8_000 }

interface ClaudeTimeouts extends ReplyTimeouts {
  /** From opening a connection to its being ready, TLS included. */
  connectMs: number
}

export interface ClaudeOptions {
  apiKey: string
  /** Any server that speaks the Messages API; Claude's own when absent. */
  baseUrl?: string | undefined
  /** Whether that server only plays Claude; told to the people who read its replies. */
  simulated: boolean
  timeouts?: Partial<ClaudeTimeouts>
  retry?: Partial<RetryPolicy>
  /** Instead of Helix's own, which keeps a pool of connections. */
  fetch?: typeof fetch
}

/**
 * Claude over HTTP.
 *
 * One attempt is one billable request; another follows only while nothing of an answer arrived, within the
 * retry policy. `retrying` names the attempt to come. The SDK is loaded when this is called, not before.
 */
export function createClaude(options: ClaudeOptions): Claude {
  const { connectMs, ...timeouts } = { ...TIMEOUTS, ...options.timeouts }
  const policy = { ...RETRY, ...options.retry }
  const { apiKey, baseUrl = BASE_URL, fetch } = options
  const loading = import('./connection.ts').then(({ connect }) =>
    connect({ apiKey, baseUrl, connectMs, timeouts, fetch }),
  )
  // A reply that never starts has nobody to tell; the first that does is told by `await loading`.
  loading.catch(() => {})

  return {
    simulated: options.simulated,
    async *stream(request, meter, signal) {
      const params = messageParams(request)
      const startCall = await loading
      const startedAt = performance.now()
      for (let attempt = 1; ; attempt += 1) {
        if (signal.aborted) throw stopped()
        const call = startCall(params, meter, signal)
        try {
          yield { type: 'sent', attempt }
          const failure = await call.open()
          if (!failure) return yield* call.read()
          const situation = { ...failure, attempt, elapsedMs: performance.now() - startedAt }
          const delayMs = nextDelay(policy, situation)
          if (delayMs === null) throw failure.error
          yield { type: 'retrying', attempt: attempt + 1, delayMs, reason: failure.error.message }
          await wait(delayMs, signal)
        } finally {
          call.close()
        }
      }
    },
  }
}

async function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => {
    throw stopped()
  })
}
