import { timingSafeEqual } from 'node:crypto'
import type { TokenInUse, TokenScope } from '../../contract/tokens.ts'
import type { Queryable, Row } from '../../db/database.ts'
import type { HelixError } from '../../errors.ts'
import { createLru } from '../../lru.ts'
import { accountSuspended } from '../../people/refusals.ts'
import { refusedToken } from '../refused-token.ts'
import { parseAccessToken } from './format.ts'

/** How long what was read of a token is believed, in ms: on every gateway a revocation holds after that at the latest. */
const BELIEVED_MS = 3_000

/** Who a request with a token is from, and what the token may do. */
export interface TokenUse extends TokenInUse {
  userId: string
}

interface TokenRow extends Row {
  user_id: string
  secret_hash: string
  name: string
  scopes: TokenScope[]
  expires_at: Date
  revoked: boolean
  barred: boolean
}

interface Read {
  row: Promise<TokenRow | undefined>
  at: number
}

/**
 * Judges personal access tokens. A token in steady use costs a read every three seconds, however often it comes;
 * a made-up one fails its checksum and costs none.
 */
export function createTokenVerifier(db: Queryable, { believedMs = BELIEVED_MS } = {}) {
  const reads = createLru<string, Read>(10_000)

  function read(id: string): Promise<TokenRow | undefined> {
    const known = reads.get(id)
    if (known && performance.now() - known.at < believedMs) return known.row
    const row = db
      .query<TokenRow>('select * from helix.find_access_token($1)', [id])
      .then(([found]) => found)
      .catch((error: unknown) => {
        reads.delete(id)
        throw error
      })
    reads.set(id, { row, at: performance.now() })
    return row
  }

  return {
    /**
     * @throws HelixError `unauthorized`, `details.reason` being `malformed`, `unknown`, `expired` or `revoked`;
     * `account_suspended` when the person, or their account, is
     */
    async verify(token: string): Promise<TokenUse> {
      const parts = parseAccessToken(token)
      if (!parts) throw refused('malformed')
      const row = await read(parts.id)
      if (!row || !same(row.secret_hash, parts.secretHash)) throw refused('unknown')
      if (row.revoked) throw refused('revoked')
      if (row.expires_at.getTime() <= Date.now()) throw refused('expired')
      if (row.barred) throw accountSuspended('The account of this access token is suspended')
      const { user_id: userId, name, scopes, expires_at } = row
      return { userId, id: parts.id, name, scopes, expiresAt: expires_at.toISOString() }
    },

    /** Reads the token again the next time it comes. */
    forget: (id: string) => reads.delete(id),
  }
}

function same(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

const REFUSALS = {
  malformed: 'This is no whole access token: it was mistyped or cut off',
  unknown: 'This access token is not known here',
  expired: 'This access token has expired',
  revoked: 'This access token was revoked',
} as const

function refused(reason: keyof typeof REFUSALS): HelixError {
  return refusedToken(REFUSALS[reason], reason, {
    hint: 'Make a new one with `helix token create`.',
    next: ['helix token create --name <name>'],
  })
}
