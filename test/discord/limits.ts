/** So many requests in so many ms. */
export interface Window {
  requests: number
  ms: number
}

/** What Discord staff told of webhooks and channels (discord-api-docs#367), and what its pages say of the rest. */
export const DISCORD_LIMITS = {
  webhook: { requests: 5, ms: 2_000 },
  channel: { requests: 30, ms: 60_000 },
  global: { requests: 50, ms: 1_000 },
  route: { requests: 10, ms: 10_000 },
  /** Answers of 401, 403 and 429 after which an address is shut out. */
  invalid: { requests: 10_000, ms: 600_000 },
}
export type Limits = typeof DISCORD_LIMITS

export interface Standing {
  limit: number
  remaining: number
  /** Until requests count anew, in ms. */
  resetMs: number
  allowed: boolean
}

/** Counts requests in windows that begin with the first one. */
export function createWindows(now: () => number) {
  const windows = new Map<string, { from: number; used: number }>()

  function read(key: string, { requests, ms }: Window): Standing {
    const window = windows.get(key)
    const running = window !== undefined && now() - window.from < ms
    const used = running ? window.used : 0
    const resetMs = running ? window.from + ms - now() : ms
    return { limit: requests, remaining: Math.max(0, requests - used), resetMs, allowed: used < requests }
  }

  return {
    read,
    take(key: string, rule: Window): Standing {
      const before = read(key, rule)
      if (!before.allowed) return before
      const window = windows.get(key)
      if (window && now() - window.from < rule.ms) window.used += 1
      else windows.set(key, { from: now(), used: 1 })
      return { ...read(key, rule), allowed: true }
    },
  }
}

/** The headers Discord tells a bucket with. */
export function bucketHeaders(bucket: string, { limit, remaining, resetMs }: Standing, now: number) {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': ((now + resetMs) / 1_000).toFixed(3),
    'x-ratelimit-reset-after': (resetMs / 1_000).toFixed(3),
    'x-ratelimit-bucket': bucket,
  }
}
