import type { Call } from './api.ts'
import type { Reply } from './reply.ts'

/** Keeps within the limits that Discord's headers tell. */
export interface Pacing {
  /** How long the call has to wait, in ms. */
  wait(call: Call): number
  /** Learns from an answer. */
  note(call: Call, reply: Reply): void
}

const EVERYWHERE = 'everywhere'
/** Discord takes 50 requests a second in all, which no header tells before it is too late. */
const APART_MS = 25

export function createPacing(now: () => number = Date.now): Pacing {
  const from = new Map<string, number>()
  let lastAt = Number.NEGATIVE_INFINITY
  return {
    wait(call) {
      const apart = lastAt + APART_MS - now()
      return Math.max(0, apart, (from.get(bucketOf(call)) ?? 0) - now(), (from.get(EVERYWHERE) ?? 0) - now())
    },
    note(call, { status, headers, body }) {
      lastAt = now()
      const after = (seconds: unknown) => now() + Math.max(0, Number(seconds) || 0) * 1_000
      if (status === 429) {
        const told = (body as { retry_after?: unknown } | undefined)?.retry_after
        // What is of no bucket is of this machine: Discord's global limit, or what stands before Discord.
        const key = headers.get('x-ratelimit-bucket') === null ? EVERYWHERE : bucketOf(call)
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
