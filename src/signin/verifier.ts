import { hash } from 'node:crypto'
import { decodeProtectedHeader, type JWTPayload } from 'jose'
import { HelixError } from '../errors.ts'
import { createLru } from '../lru.ts'
import { Claims } from './claims.ts'
import { refusedToken } from './refused-token.ts'
import type { TokenSource } from './token-sources.ts'

const LONGEST_TOKEN = 12_000

export interface Verifier {
  /**
   * The claims of a person's access token, once its signature, issuer, audience and expiry hold and its session
   * was not ended.
   * @throws HelixError `unauthorized` (`details.reason`: `invalid`, `expired` or `revoked`), or
   * `signin_unavailable` when the keys to verify with cannot be had.
   */
  verify(token: string): Promise<Claims>
}

interface VerifierOptions {
  /** Who may have signed; the first that knows a token's key decides. */
  sources: readonly TokenSource[]
  isRevoked: (sessionId: string) => boolean
  /** Finds out whether a session that has not come for a while still is one, before `isRevoked` is asked. */
  admit?: (claims: Claims) => Promise<void>
  /** How many verified tokens to remember, so that the hot path pays for a signature once. */
  remembered?: number
}

/** Makes the one place where access tokens are judged. */
export function createVerifier({
  sources,
  isRevoked,
  admit,
  remembered = 10_000,
}: VerifierOptions): Verifier {
  const verified = createLru<string, Claims>(remembered)
  return {
    async verify(token) {
      if (token.length > LONGEST_TOKEN) throw refused('invalid')
      const key = hash('sha256', token, 'base64url')
      let claims = verified.get(key)
      if (!claims) {
        claims = await verifySignature(sources, token)
        verified.set(key, claims)
      }
      if (claims.exp * 1000 <= Date.now()) throw refused('expired')
      await admit?.(claims)
      if (claims.session_id && isRevoked(claims.session_id)) throw refused('revoked')
      return claims
    },
  }
}

async function verifySignature(sources: readonly TokenSource[], token: string): Promise<Claims> {
  let payload: JWTPayload | undefined
  try {
    const header = decodeProtectedHeader(token)
    for (const source of sources) payload ??= await source(token, header)
  } catch (error) {
    if (error instanceof HelixError) throw error
    throw refused(isExpiry(error) ? 'expired' : 'invalid')
  }
  const claims = Claims.safeParse(payload)
  if (!claims.success) throw refused('invalid')
  return claims.data
}

function isExpiry(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED'
}

const REFUSALS = {
  invalid: 'The access token is not valid here',
  expired: 'The access token has expired',
  revoked: 'The session of this access token was signed out',
} as const

function refused(reason: keyof typeof REFUSALS): HelixError {
  return refusedToken(REFUSALS[reason], reason, {
    hint: 'Sign in again with `helix login`.',
    next: ['helix login'],
  })
}
