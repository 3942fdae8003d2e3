import { isIP } from 'node:net'
import type { Transaction } from '../db/database.ts'
import type { AssuranceLevel, AuthenticationMethod } from './claims.ts'
import type { Keys } from './keys.ts'
import type { Weakness } from './passwords.ts'
import { ACCESS_TOKEN_SECONDS, randomToken, signAccessToken, tokenHash } from './tokens.ts'
import type { User } from './users.ts'

/** What a client receives when it signs in, as GoTrue words it. Times are in seconds. */
export interface Session {
  access_token: string
  token_type: 'bearer'
  expires_in: number
  expires_at: number
  refresh_token: string
  user: User
  /** With a sign-in whose password would not be accepted today. */
  weak_password?: Weakness
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
  level: AssuranceLevel
  methods: readonly AuthenticationMethod[]
}

/** Begins a session: the row, how it was begun, its first refresh token, and the person's last sign-in. */
export async function openSession(
  tx: Transaction,
  userId: string,
  method: AuthenticationMethod['method'],
  client: ClientInfo,
  level: AssuranceLevel = 'aal1',
): Promise<OpenSession> {
  const refreshToken = randomToken()
  const [row] = await tx.query<{ id: string }>(
    `insert into auth.sessions (user_id, aal, user_agent, ip) values ($1, $4, $2, $3) returning id`,
    [userId, ...clientColumns(client), level],
  )
  if (!row) throw new Error('An inserted session returned no id')
  await tx.query(`insert into auth.mfa_amr_claims (session_id, authentication_method) values ($1, $2)`, [
    row.id,
    method,
  ])
  await storeRefreshToken(tx, { userId, sessionId: row.id, token: refreshToken, parent: null })
  await tx.query(`update auth.users set last_sign_in_at = now(), updated_at = now() where id = $1`, [userId])
  const methods = [{ method, timestamp: Math.floor(Date.now() / 1000) }]
  return { sessionId: row.id, refreshToken, level, methods }
}

/** Signs the access token that goes with an open session. */
export async function toSession(keys: Keys, user: User, open: OpenSession): Promise<Session> {
  const now = Math.floor(Date.now() / 1000)
  return {
    access_token: await signAccessToken(keys, {
      user,
      sessionId: open.sessionId,
      level: open.level,
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

/** Keeps the hash of a session's current refresh token, and of the one it follows. */
export async function storeRefreshToken(
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

/** User agent and address as the columns take them. */
export function clientColumns({ userAgent, address }: ClientInfo): [string | null, string | null] {
  return [userAgent?.slice(0, 500) ?? null, address && isIP(address) ? address : null]
}
