import type { Transaction } from '../db/database.ts'
import type { AssuranceLevel, AuthenticationMethod } from './claims.ts'
import { SignInError } from './failure.ts'
import type { Keys } from './keys.ts'
import { type ClientInfo, clientColumns, type OpenSession, storeRefreshToken } from './sessions.ts'
import { ACCESS_TOKEN_SECONDS, nextRefreshToken, replacingRefreshToken, tokenHash } from './tokens.ts'

/** What the exchange of a refresh token came to: a session to go on with, or one that was ended for theft. */
export type Exchange =
  | { kind: 'renewed'; userId: string; session: OpenSession }
  | { kind: 'stolen'; sessionId: string }

/**
 * Exchanges a refresh token for the next one. The token just before the current one may come again and gets the
 * current one (its answer was lost); any older one has been stolen, and the session is ended.
 * @throws SignInError `refresh_token_not_found`, `session_expired`
 */
export async function exchangeRefreshToken(
  tx: Transaction,
  keys: Keys,
  token: string,
  client: ClientInfo,
): Promise<Exchange> {
  const presented = tokenHash(token)
  const found = await lockSessionOf(tx, presented)
  const successors = [nextRefreshToken(keys, token), replacingRefreshToken(keys, presented)] as const
  const next = found.revoked ? await findCurrent(tx, found.sessionId, successors, presented) : successors[0]
  if (next === undefined) {
    await revokeSession(tx, found)
    return { kind: 'stolen', sessionId: found.sessionId }
  }
  if (!found.revoked) {
    await tx.query(`update auth.refresh_tokens set revoked = true, updated_at = now() where token = $1`, [
      presented,
    ])
    await storeRefreshToken(tx, { ...found, token: next, parent: presented })
  }
  await tx.query(
    `update auth.sessions set refreshed_at = now(), updated_at = now(), user_agent = $2, ip = $3 where id = $1`,
    [found.sessionId, ...clientColumns(client)],
  )
  const proof = await readProof(tx, found.sessionId)
  return {
    kind: 'renewed',
    userId: found.userId,
    session: { sessionId: found.sessionId, refreshToken: next, ...proof },
  }
}

type TokenPlace = { userId: string; sessionId: string; revoked: boolean }

/** Locks the session before its token is read, so that two exchanges at once see each other's outcome. */
async function lockSessionOf(tx: Transaction, presented: string): Promise<TokenPlace> {
  await tx.query(
    `select id from auth.sessions
    where id = (select session_id from auth.refresh_tokens where token = $1) for update`,
    [presented],
  )
  const [row] = await tx.query<{ user_id: string; session_id: string; revoked: boolean; expired: boolean }>(
    `select s.user_id, t.session_id, t.revoked, coalesce(s.not_after <= now(), false) as expired
    from auth.refresh_tokens t join auth.sessions s on s.id = t.session_id where t.token = $1`,
    [presented],
  )
  if (!row) {
    throw new SignInError('refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found')
  }
  if (row.expired) throw new SignInError('session_expired', 'Invalid Refresh Token: Session Expired')
  return { userId: row.user_id, sessionId: row.session_id, revoked: row.revoked }
}

/** Which of the tokens that can have followed `parent` the session is at; undefined when it has gone on. */
async function findCurrent(
  tx: Transaction,
  sessionId: string,
  successors: readonly string[],
  parent: string,
): Promise<string | undefined> {
  const [current] = await tx.query<{ token: string }>(
    `select token from auth.refresh_tokens where session_id = $1 and parent = $2 and not revoked`,
    [sessionId, parent],
  )
  return successors.find((successor) => tokenHash(successor) === current?.token)
}

async function revokeSession(tx: Transaction, { sessionId, userId }: TokenPlace): Promise<void> {
  await tx.query(
    `update auth.refresh_tokens set revoked = true, updated_at = now() where session_id = $1 and not revoked`,
    [sessionId],
  )
  await tx.query(
    `insert into public.revoked_sessions (session_id, user_id, expires_at)
    values ($1, $2, now() + make_interval(secs => $3)) on conflict do nothing`,
    [sessionId, userId, ACCESS_TOKEN_SECONDS],
  )
}

/** How a session is proved: its level, and by which methods, the latest first. */
export async function readProof(
  tx: Transaction,
  sessionId: string,
): Promise<{ level: AssuranceLevel; methods: AuthenticationMethod[] }> {
  const methods = await tx.query<AuthenticationMethod & Record<string, unknown>>(
    `select authentication_method as method, floor(extract(epoch from updated_at))::integer as timestamp
    from auth.mfa_amr_claims where session_id = $1 order by updated_at desc`,
    [sessionId],
  )
  const [session] = await tx.query<{ level: AssuranceLevel | null }>(
    `select aal as level from auth.sessions where id = $1`,
    [sessionId],
  )
  return { level: session?.level ?? 'aal1', methods }
}
