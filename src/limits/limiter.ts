/** How often something may be done: `points` in a window of `seconds`. */
export interface Policy {
  /** Name in `RateLimit-Policy`, and what keeps the counters of different policies apart. */
  name: string
  points: number
  seconds: number
}

/** Where a caller stands after a request was counted. */
export interface Standing {
  policy: Policy
  allowed: boolean
  remaining: number
  /** Milliseconds until the window is over, or until the next request would pass. */
  resetMs: number
}

/** Counts what callers do, shared by all gateways on one database. */
export interface Limiter {
  /** Counts one request of `key` (a user id, an address) against a policy; never throws because of the counting. */
  take(policy: Policy, key: string, points?: number): Promise<Standing>
}
