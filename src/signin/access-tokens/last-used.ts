import type { Queryable } from '../../db/database.ts'
import { createLru } from '../../lru.ts'

const EVERY_MS = 60_000

/** Writes down when tokens were last used: at most once a minute each, and no request waits for it. */
export function createLastUsed(db: Queryable, onError: (error: unknown) => void) {
  const noted = createLru<string, number>(10_000)
  const writing = new Set<Promise<unknown>>()

  return {
    note(id: string): void {
      const now = Date.now()
      if (now - (noted.get(id) ?? 0) < EVERY_MS) return
      noted.set(id, now)
      const write = db
        .query(
          `update public.access_tokens set last_used_at = now()
           where id = $1 and (last_used_at is null or last_used_at < now() - interval '55 seconds')`,
          [id],
        )
        .catch(onError)
        .finally(() => writing.delete(write))
      writing.add(write)
    },

    /** Resolves once everything noted is written. */
    async settled(): Promise<void> {
      await Promise.all(writing)
    },
  }
}
