import { isIP } from 'node:net'
import type { Queryable, Transaction } from '../db/database.ts'
import type { AuthenticationMethod } from './claims.ts'
import { SignInError } from './failure.ts'
import type { Keys } from './keys.ts'
import { ACCESS_TOKEN_SECONDS, nextRefreshToken, randomToken, signAccessToken, tokenHash } from './tokens.ts'
import type { User } from './users.ts'

/** What a client receives when it signs in, as GoTrue words it. Times are in seconds. */
export interface Session {
  access_token: string
  token_type: 'bearer'
  expires_in: number
  expires_at: number
  refresh_token: string
  user: User
}

/** From where a session is used, for its owner to recognise it. */
export interface ClientInfo {
  userAgent: string | null
  address: string | null
}

/** A session as the database has it, with the refresh token only its client will know. */
export interface OpenSession {
  sessionId: string
  refreshToken: string
  methods: readonly AuthenticationMethod[]
}

/** Begins a session: the row, how it was begun, its first refresh token, and the person's last sign-in. */
export async function openSession(
  tx: Transaction,
  userId: string,
  method: AuthenticationMethod['method'],
  client: ClientInfo,
): Promise<OpenSession> {
  const refreshToken = randomToken()
  const [row] = await tx.query<{ id: string }>(
    `insert into auth.sessions (user_id, aal, user_agent, ip) values ($1, 'aal1', $2, $3) returning id`,
    [userId, ...clientColumns(client)],
  )
  if (!row) throw new Error('An inserted session returned no id')
  await tx.query(`insert into auth.mfa_amr_claims (session_id, authentication_method) values ($1, $2)`, [
    row.id,
    method,
  ])
  await storeRefreshToken(tx, { userId, sessionId: row.id, token: refreshToken, parent: null })
  await tx.query(`update auth.users set last_sign_in_at = now(), updated_at = now() where id = $1`, [userId])
  const methods = [{ method, timestamp: Math.floor(Date.now() / 1000) }]
  return { sessionId: row.id, refreshToken, methods }
}

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
  const next = nextRefreshToken(keys, token)
  if (found.revoked && !(await isCurrent(tx, found.sessionId, tokenHash(next), presented))) {
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
  const methods = await readMethods(tx, found.sessionId)
  return {
    kind: 'renewed',
    userId: found.userId,
    session: { sessionId: found.sessionId, refreshToken: next, methods },
  }
}

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

/** Signs the access token that goes with an open session. */
export async function toSession(keys: Keys, user: User, open: OpenSession): Promise<Session> {
  const now = Math.floor(Date.now() / 1000)
  return {
    access_token: await signAccessToken(keys, {
      user,
      sessionId: open.sessionId,
      methods: open.methods,
      now,
    }),
    token_type: 'bearer',
    expires_in: ACCESS_TOKEN_SECONDS,
    expires_at: now + ACCESS_TOKEN_SECONDS,
    refresh_token: open.refreshToken,
    user,
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

async function isCurrent(
  tx: Transaction,
  sessionId: string,
  token: string,
  parent: string,
): Promise<boolean> {
  const current = await tx.query(
    `select from auth.refresh_tokens where session_id = $1 and token = $2 and parent = $3 and not revoked`,
    [sessionId, token, parent],
  )
  return current.length > 0
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

async function readMethods(tx: Transaction, sessionId: string): Promise<AuthenticationMethod[]> {
  return tx.query<AuthenticationMethod & Record<string, unknown>>(
    `select authentication_method as method, floor(extract(epoch from created_at))::integer as timestamp
    from auth.mfa_amr_claims where session_id = $1 order by created_at`,
    [sessionId],
  )
}

async function storeRefreshToken(
  tx: Transaction,
  {
    userId,
    sessionId,
    token,
    parent,
  }: { userId: string; sessionId: string; token: string; parent: string | null },
): Promise<void> {
  await tx.query(
    `insert into auth.refresh_tokens (token, user_id, session_id, parent, revoked) values ($1, $2, $3, $4, false)`,
    [tokenHash(token), userId, sessionId, parent],
  )
}

function clientColumns({ userAgent, address }: ClientInfo): [string | null, string | null] {
  return [userAgent?.slice(0, 500) ?? null, address && isIP(address) ? address : null]
}
