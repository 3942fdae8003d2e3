import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from './api.ts'

/** Longest wait for a refusal to end; a longer one is shortened, and refused again it ends the act. */
const LONGEST_MS = 60_000

/** Keeps within the limits that Discord's headers tell. */
export interface Pacing {
  /** Waits until the call may be made. */
  turn(call: Call): Promise<void>
  /** Learns from an answer. */
  note(call: Call, response: Response, body: unknown): void
}

export function createPacing(signal: AbortSignal): Pacing {
  const from = new Map<string, number>()
  return {
    async turn(call) {
      const ms = Math.max(from.get(bucketOf(call)) ?? 0, from.get('global') ?? 0) - Date.now()
      if (ms > 0) await sleep(Math.min(ms, LONGEST_MS), undefined, { signal })
    },
    note(call, { status, headers }, body) {
      const after = (seconds: unknown) => Date.now() + Math.max(0, Number(seconds) || 0) * 1_000
      if (status === 429) {
        const told = (body as { retry_after?: unknown } | undefined)?.retry_after
        const key = headers.get('x-ratelimit-global') ? 'global' : bucketOf(call)
        from.set(key, after(told ?? headers.get('retry-after') ?? 1))
      } else if (headers.get('x-ratelimit-remaining') === '0') {
        from.set(bucketOf(call), after(headers.get('x-ratelimit-reset-after')))
      }
    },
  }
}

/** Limits are counted for each method, and for each server, channel or webhook on its own. */
function bucketOf({ method = 'GET', path }: Call): string {
  return `${method} ${/^\/\w+\/\d+/.exec(path)?.[0] ?? path}`
}
