import type { Database } from '../db/database.ts'

const EVERY_MS = 60 * 60_000

/**
 * What nobody can use any more: links and codes past the longest life of one, programs that waited two days, sessions
 * past their end. Refresh tokens that were replaced a month ago go too, but the one before the current token stays, for
 * a client that lost the answer.
 */
const EXPIRED = [
  `delete from auth.one_time_tokens where id in (
    select id from auth.one_time_tokens where created_at < now() - interval '1 day' for update skip locked)`,
  `delete from auth.flow_state where id in (
    select id from auth.flow_state where created_at < now() - interval '2 days' for update skip locked)`,
  `delete from auth.sessions where id in (
    select id from auth.sessions where not_after < now() - interval '1 day' for update skip locked)`,
  `delete from auth.refresh_tokens where id in (
    select t.id from auth.refresh_tokens t where t.revoked and t.updated_at < now() - interval '30 days'
      and not exists (
        select from auth.refresh_tokens n where n.session_id = t.session_id and not n.revoked and n.parent = t.token)
    for update skip locked)`,
]

/** Deletes what has expired; rows another gateway is at are left for the next time, so nobody waits. */
export async function sweepExpired(db: Pick<Database, 'query'>): Promise<void> {
  for (const statement of EXPIRED) await db.query(statement)
}

/** Does so every hour until the function it returns is called. Only where the built-in sign-in keeps these tables. */
export function sweepSignIn(db: Pick<Database, 'query'>, onError: (error: unknown) => void): () => void {
  const timer = setInterval(() => {
    sweepExpired(db).catch(onError)
  }, EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
