import { isIP } from 'node:net'
import type { Queryable } from '../../db/database.ts'
import { SignInError } from '../failure.ts'

/** How long a challenge waits for its code, in seconds. */
const CHALLENGE_SECONDS = 300

/** A question that a code answers; `expires_at` in seconds. */
export interface Challenge {
  id: string
  type: 'totp'
  expires_at: number
}

/** Asks for a code of the factor; challenges that nobody answered in time go. */
export async function createChallenge(
  db: Queryable,
  factorId: string,
  address: string | null,
): Promise<Challenge> {
  const [row] = await db.query<{ id: string; expires_at: number }>(
    `with expired as (
      delete from auth.mfa_challenges where factor_id = $1 and created_at < now() - make_interval(secs => $3)
    ), asked as (
      update auth.mfa_factors set last_challenged_at = now() where id = $1
    )
    insert into auth.mfa_challenges (factor_id, ip_address) values ($1, $2)
    returning id, floor(extract(epoch from created_at))::bigint + $3::integer as expires_at`,
    [factorId, addressColumn(address), CHALLENGE_SECONDS],
  )
  if (!row) throw new Error('An inserted challenge returned no id')
  return { id: row.id, type: 'totp', expires_at: row.expires_at }
}

/** @throws SignInError `mfa_factor_not_found`, `mfa_ip_address_mismatch`, `mfa_challenge_expired` */
export async function checkChallenge(
  db: Queryable,
  factorId: string,
  challengeId: string,
  address: string | null,
): Promise<void> {
  const [challenge] = await db.query<{ answered: boolean; same: boolean; expired: boolean }>(
    `select verified_at is not null as answered, ip_address = $3::inet as same,
      created_at < now() - make_interval(secs => $4) as expired
    from auth.mfa_challenges where id = $1 and factor_id = $2`,
    [challengeId, factorId, addressColumn(address), CHALLENGE_SECONDS],
  )
  if (!challenge) {
    throw new SignInError('mfa_factor_not_found', 'MFA factor with the provided challenge ID not found', {
      status: 422,
    })
  }
  if (challenge.answered || !challenge.same) {
    throw new SignInError('mfa_ip_address_mismatch', 'Challenge and verify IP addresses mismatch')
  }
  if (challenge.expired) {
    throw new SignInError(
      'mfa_challenge_expired',
      `MFA challenge ${challengeId} has expired, verify against another challenge or create a new challenge.`,
    )
  }
}

/** Over a private socket nobody has an address; the column wants one. */
function addressColumn(address: string | null): string {
  return address && isIP(address) ? address : '0.0.0.0'
}
