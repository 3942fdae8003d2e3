import type { Queryable } from '../db/database.ts'
import { ACCESS_TOKEN_SECONDS } from './tokens.ts'

export const SIGN_OUT_SCOPES = ['global', 'local', 'others'] as const
export type SignOutScope = (typeof SIGN_OUT_SCOPES)[number]

/** Ends sessions of one person, and lists them as revoked while their access tokens live; resolves to their ids. */
export async function endSessions(
  db: Queryable,
  userId: string,
  sessionId: string | null,
  scope: SignOutScope,
): Promise<string[]> {
  const ended = await db.query<{ session_id: string }>(
    `with ended as (
      delete from auth.sessions
      where user_id = $1 and ($3 = 'global' or ($3 = 'local' and id = $2) or ($3 = 'others' and id is distinct from $2))
      returning id, user_id
    )
    insert into public.revoked_sessions (session_id, user_id, expires_at)
    select id, user_id, now() + make_interval(secs => $4) from ended
    on conflict (session_id) do update set expires_at = excluded.expires_at
    returning session_id`,
    [userId, sessionId, scope, ACCESS_TOKEN_SECONDS],
  )
  return ended.map((row) => row.session_id)
}
