import type { Database } from '../db/database.ts'
import { ACCESS_TOKEN_SECONDS } from './tokens.ts'

const CHANNEL = 'helix_revocations'

/** The sessions that were ended while their access tokens live, in memory. */
export interface Revocations {
  isRevoked(sessionId: string): boolean
  /** Refuses sessions at once, without waiting for the database to tell. */
  add(sessionIds: readonly string[]): void
  /** Calls `listener` with each session as it is revoked, whoever did it; answers the way to end that. */
  subscribe(listener: (sessionId: string) => void): () => void
  close(): Promise<void>
}

interface RevocationsOptions {
  /** How often to read the table again and forget what has expired. */
  pollMs?: number
  /** Told of a read that failed; what is known stays in force. */
  onError?: (error: unknown) => void
}

/** Reads the revoked sessions and follows them: each new one by NOTIFY, all of them again after a gap. */
export async function createRevocations(
  db: Database,
  { pollMs = 30_000, onError = () => {} }: RevocationsOptions = {},
): Promise<Revocations> {
  const expiries = new Map<string, number>()
  const listeners = new Set<(sessionId: string) => void>()
  const note: Note = (sessionId, expiresAt) => {
    const known = expiries.has(sessionId)
    expiries.set(sessionId, expiresAt)
    if (!known) for (const listener of listeners) listener(sessionId)
  }
  const reload = () => readRevoked(db, note).catch(onError)
  const unlisten = await db.listen(CHANNEL, (payload) => noteTold(note, payload), reload)
  await readRevoked(db, note)
  const timer = setInterval(() => {
    forgetExpired(expiries)
    void reload()
  }, pollMs)
  timer.unref()
  return {
    isRevoked: (sessionId) => expiries.has(sessionId),
    add(sessionIds) {
      const expiresAt = Date.now() + ACCESS_TOKEN_SECONDS * 1000
      for (const id of sessionIds) note(id, expiresAt)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      clearInterval(timer)
      await unlisten()
    },
  }
}

/** Takes in that a session is revoked until a moment, in ms since 1970. */
type Note = (sessionId: string, expiresAt: number) => void

async function readRevoked(db: Database, note: Note): Promise<void> {
  await db.query(`delete from public.revoked_sessions where expires_at < now() - interval '1 minute'`)
  const rows = await db.query<{ session_id: string; expires_at: Date }>(
    `select session_id, expires_at from public.revoked_sessions`,
  )
  for (const { session_id, expires_at } of rows) note(session_id, expires_at.getTime())
}

function noteTold(note: Note, payload: string): void {
  const [sessionId, expiresAt] = payload.split(' ')
  if (sessionId && expiresAt) note(sessionId, Number(expiresAt))
}

function forgetExpired(expiries: Map<string, number>): void {
  const now = Date.now()
  for (const [sessionId, expiresAt] of expiries) if (expiresAt < now) expiries.delete(sessionId)
}
