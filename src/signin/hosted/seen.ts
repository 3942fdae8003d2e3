/** How long a session that no longer comes is still asked after, in ms. */
const LATELY_MS = 60_000

/** Sessions that came lately, and whose they are. */
export interface Seen {
  /** Takes in that a session came; whether it was already among those. Without a session, a person is one. */
  note(sessionId: string | null, userId: string): boolean
  /** Those of the last minute; older ones are forgotten. */
  lately(): { sessions: string[]; people: string[] }
}

export function createSeen(now: () => number = () => performance.now()): Seen {
  const seen = new Map<string, { sessionId: string | null; userId: string; at: number }>()
  const isRecent = (at: number) => now() - at < LATELY_MS
  return {
    note(sessionId, userId) {
      const key = sessionId ?? userId
      const known = seen.get(key)
      const recent = known !== undefined && isRecent(known.at)
      seen.set(key, { sessionId, userId, at: now() })
      return recent
    },
    lately() {
      for (const [key, { at }] of seen) if (!isRecent(at)) seen.delete(key)
      const entries = [...seen.values()]
      return {
        sessions: entries.flatMap(({ sessionId }) => sessionId ?? []),
        people: [...new Set(entries.map(({ userId }) => userId))],
      }
    },
  }
}
