import type { Database } from '../../db/database.ts'
import type { LiveReply } from './live.ts'
import type { createReader } from './read.ts'
import { findReply, generationNotFound } from './stored.ts'

interface StopDeps {
  db: Database
  live: ReadonlyMap<string, LiveReply>
  /** Generations of this process that nobody reads, by id. */
  background: ReadonlyMap<string, LiveReply>
  read: ReturnType<typeof createReader>
}

/** Stopping a reply, wherever it is being made: here at once, elsewhere by a row and a NOTIFY. */
export async function createStops({ db, live, background, read }: StopDeps) {
  const held = (generationId: string) => live.get(generationId) ?? background.get(generationId)
  const unlisten = await db.listen('helix_stops', (generationId) => held(generationId)?.end('stopped'))

  return {
    /**
     * Resolves once the reply has ended, to its terminal event; a reply that had ended already is left as it is.
     * @throws HelixError `generation_not_found`, `not_resumable`
     */
    async stop(userId: string, generationId: string, signal?: AbortSignal) {
      const here = live.get(generationId)
      if (here && here.userId !== userId) throw generationNotFound(generationId)
      if (here) here.end('stopped')
      else await askElsewhere(db, userId, generationId)
      for await (const event of await read(userId, generationId, 'start', signal)) {
        if (event.event === 'done' || event.event === 'error') return event
      }
      return undefined
    },
    /** Ends generations that are marked to be stopped, wherever they are being made; does not wait for it. */
    async halt(generationIds: readonly string[]): Promise<void> {
      for (const id of generationIds) held(id)?.end('stopped')
      const elsewhere = generationIds.filter((id) => !held(id))
      if (elsewhere.length === 0) return
      await db.query("select pg_notify('helix_stops', id) from unnest($1::text[]) as id", [elsewhere])
    },

    close: unlisten,
  }
}

async function askElsewhere(db: Database, userId: string, generationId: string): Promise<void> {
  const reply = await findReply(db, userId, generationId)
  if (reply.finished_at) return
  await db.query(
    'update public.generations set stop_requested_at = now() where id = $1 and finished_at is null',
    [generationId],
  )
  await db.query("select pg_notify('helix_stops', $1)", [generationId])
}
