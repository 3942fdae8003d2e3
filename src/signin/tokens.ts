import { createHash, createHmac, randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import type { AssuranceLevel, AuthenticationMethod } from './claims.ts'
import { type Keys, SIGNING_ALGORITHM } from './keys.ts'
import type { User } from './users.ts'

/** How long an access token is valid, in seconds. */
export const ACCESS_TOKEN_SECONDS = 3600

/** `aud` of a person's tokens. */
export const AUDIENCE = 'authenticated'

/** Signs an access token for one session; `now` in seconds. */
export async function signAccessToken(
  keys: Keys,
  { user, sessionId, level, methods, now }: TokenFacts,
): Promise<string> {
  return new SignJWT({
    email: user.email,
    phone: user.phone,
    app_metadata: user.app_metadata,
    user_metadata: user.user_metadata,
    role: user.role,
    aal: level,
    amr: methods,
    session_id: sessionId,
    is_anonymous: user.is_anonymous,
  })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: keys.kid, typ: 'JWT' })
    .setIssuer(keys.issuer)
    .setSubject(user.id)
    .setAudience(AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TOKEN_SECONDS)
    .sign(keys.signingKey)
}

interface TokenFacts {
  user: User
  sessionId: string
  level: AssuranceLevel
  methods: readonly AuthenticationMethod[]
  now: number
}

/** A fresh secret of 256 random bits, URL-safe: the first refresh token of a session, or a one-time link. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * The refresh token that follows `token`. Derived, not drawn, so that a client which lost the answer to its refresh
 * gets the very same token again although only hashes are stored.
 */
export function nextRefreshToken(keys: Keys, token: string): string {
  return createHmac('sha256', keys.refreshSecret.reveal()).update(token).digest('base64url')
}

/**
 * The refresh token that replaces one whose hash alone is known, as when a second factor was proved. Derived as well,
 * so that a client which lost the answer gets it by refreshing with the old one.
 */
export function replacingRefreshToken(keys: Keys, hash: string): string {
  return createHmac('sha256', keys.refreshSecret.reveal()).update(`replace ${hash}`).digest('base64url')
}

/** What the database keeps of a token. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
