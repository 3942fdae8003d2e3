import type { Database } from '../db/database.ts'
import { ACCESS_TOKEN_SECONDS } from './tokens.ts'

const CHANNEL = 'helix_revocations'

/** The sessions that were ended while their access tokens live, in memory. */
export interface Revocations {
  isRevoked(sessionId: string): boolean
  /** Refuses sessions at once, without waiting for the database to tell. */
  add(sessionIds: readonly string[]): void
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
  const reload = () => readRevoked(db, expiries).catch(onError)
  const unlisten = await db.listen(CHANNEL, (payload) => note(expiries, payload), reload)
  await readRevoked(db, expiries)
  const timer = setInterval(() => {
    forgetExpired(expiries)
    void reload()
  }, pollMs)
  timer.unref()
  return {
    isRevoked: (sessionId) => expiries.has(sessionId),
    add(sessionIds) {
      const expiresAt = Date.now() + ACCESS_TOKEN_SECONDS * 1000
      for (const id of sessionIds) expiries.set(id, expiresAt)
    },
    async close() {
      clearInterval(timer)
      await unlisten()
    },
  }
}

async function readRevoked(db: Database, expiries: Map<string, number>): Promise<void> {
  await db.query(`delete from public.revoked_sessions where expires_at < now() - interval '1 minute'`)
  const rows = await db.query<{ session_id: string; expires_at: Date }>(
    `select session_id, expires_at from public.revoked_sessions`,
  )
  for (const { session_id, expires_at } of rows) expiries.set(session_id, expires_at.getTime())
}

function note(expiries: Map<string, number>, payload: string): void {
  const [sessionId, expiresAt] = payload.split(' ')
  if (sessionId && expiresAt) expiries.set(sessionId, Number(expiresAt))
}

function forgetExpired(expiries: Map<string, number>): void {
  const now = Date.now()
  for (const [sessionId, expiresAt] of expiries) if (expiresAt < now) expiries.delete(sessionId)
}
