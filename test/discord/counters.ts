/** What a run came to. Whoever obeys the headers meets no `rateLimited`. */
export interface Counters {
  requests: number
  /** Messages that webhooks left. */
  posts: number
  /** Answers of 429, by whose limit it was. */
  rateLimited: { webhook: number; channel: number; global: number; route: number }
  /** Answers of 401, 403 and 429 that count against the address. */
  invalid: number
  /** Requests to webhooks that had said before that they are gone. */
  deadUses: number
}

export function createCounters(): Counters {
  const rateLimited = { webhook: 0, channel: 0, global: 0, route: 0 }
  return { requests: 0, posts: 0, rateLimited, invalid: 0, deadUses: 0 }
}
