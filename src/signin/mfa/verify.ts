import type { Transaction } from '../../db/database.ts'
import { SignInError } from '../failure.ts'
import { readProof } from '../refresh.ts'
import { type OpenSession, type Session, storeRefreshToken, toSession } from '../sessions.ts'
import { noUser } from '../sign-in.ts'
import { ACCESS_TOKEN_SECONDS, replacingRefreshToken } from '../tokens.ts'
import { findById } from '../users.ts'
import { checkChallenge } from './challenge.ts'
import type { MfaDeps } from './deps.ts'
import { takeCode } from './guard.ts'
import type { FactorSession } from './session.ts'

interface Answer {
  factorId: string
  challengeId: string
  code: string
  address: string | null
}

/**
 * Takes the code of a factor: the session is proved by two factors from now on, the factor counts as enrolled, and
 * the person's sessions that know only one factor end.
 * @throws SignInError `mfa_verification_failed`, `over_request_rate_limit`, `mfa_challenge_expired`, …
 */
export async function verifyFactor(deps: MfaDeps, session: FactorSession, answer: Answer): Promise<Session> {
  const done = await deps.db.transaction('gateway', async (tx) => {
    const secret = await lockFactor(tx, session, answer.factorId)
    await checkChallenge(tx, answer.factorId, answer.challengeId, answer.address)
    const taken = await takeCode(tx, answer.factorId, deps.box.open(secret, answer.factorId), answer.code)
    // A wrong code is counted, so this transaction commits.
    if (taken !== 'taken') return taken
    return succeed(tx, deps, session, answer)
  })
  if (done === 'wrong') throw new SignInError('mfa_verification_failed', 'Invalid TOTP code entered')
  if (done === 'locked') throw new SignInError('over_request_rate_limit', 'Request rate limit reached')
  deps.revocations.add(done.ended)
  if (done.enrolled) await deps.changes.tell(session.user.id)
  const account = await findById(deps.db, session.user.id)
  if (!account) throw noUser()
  return toSession(deps.keys, account.user, done.open)
}

/**
 * Resolves to the closed secret. A person's codes and enrolments are looked at one after the other, so that no factor
 * enrolled beside the first verification can stand in for the one that was verified.
 */
async function lockFactor(
  tx: Transaction,
  { user, sessionId }: FactorSession,
  factorId: string,
): Promise<string> {
  await tx.query('select from auth.users where id = $1 for update', [user.id])
  const [factor] = await tx.query<{ secret: string | null; allowed: boolean }>(
    `select secret, status = 'verified'
      or exists (select from auth.sessions s where s.id = $3 and s.aal = 'aal2')
      or not exists (select from auth.mfa_factors o where o.user_id = $2 and o.status = 'verified') as allowed
    from auth.mfa_factors where id = $1 and user_id = $2 and factor_type = 'totp' for update`,
    [factorId, user.id, sessionId],
  )
  if (!factor?.secret) throw noFactor()
  if (!factor.allowed) {
    throw new SignInError('insufficient_aal', 'AAL2 required to verify a new factor', { status: 403 })
  }
  return factor.secret
}

async function succeed(
  tx: Transaction,
  { keys }: MfaDeps,
  { user, sessionId }: FactorSession,
  { factorId, challengeId }: Answer,
): Promise<{ open: OpenSession; ended: string[]; enrolled: boolean }> {
  await tx.query('update auth.mfa_challenges set verified_at = now() where id = $1', [challengeId])
  const enrolled = await tx.query(
    `update auth.mfa_factors set status = 'verified', updated_at = now()
    where id = $1 and status <> 'verified' returning id`,
    [factorId],
  )
  await tx.query(
    `delete from auth.mfa_factors where user_id = $1 and status <> 'verified' and factor_type = 'totp'`,
    [user.id],
  )
  await tx.query(`update auth.sessions set aal = 'aal2', factor_id = $2, updated_at = now() where id = $1`, [
    sessionId,
    factorId,
  ])
  await tx.query(
    `insert into auth.mfa_amr_claims (session_id, authentication_method) values ($1, 'totp')
    on conflict (session_id, authentication_method) do update set updated_at = now()`,
    [sessionId],
  )
  const refreshToken = await replaceRefreshToken(tx, keys, user.id, sessionId)
  const ended = await endLesserSessions(tx, user.id)
  const open = { sessionId, refreshToken, ...(await readProof(tx, sessionId)) }
  return { open, ended, enrolled: enrolled.length > 0 }
}

async function replaceRefreshToken(
  tx: Transaction,
  keys: MfaDeps['keys'],
  userId: string,
  sessionId: string,
): Promise<string> {
  const [current] = await tx.query<{ token: string }>(
    `update auth.refresh_tokens set revoked = true, updated_at = now()
    where session_id = $1 and not revoked returning token`,
    [sessionId],
  )
  if (!current)
    throw new SignInError('session_not_found', 'Session from session_id claim in JWT does not exist')
  const token = replacingRefreshToken(keys, current.token)
  await storeRefreshToken(tx, { userId, sessionId, token, parent: current.token })
  return token
}

async function endLesserSessions(tx: Transaction, userId: string): Promise<string[]> {
  const ended = await tx.query<{ session_id: string }>(
    `with ended as (
      delete from auth.sessions where user_id = $1 and coalesce(aal, 'aal1') = 'aal1' returning id, user_id
    )
    insert into public.revoked_sessions (session_id, user_id, expires_at)
    select id, user_id, now() + make_interval(secs => $2) from ended
    on conflict (session_id) do update set expires_at = excluded.expires_at
    returning session_id`,
    [userId, ACCESS_TOKEN_SECONDS],
  )
  return ended.map((row) => row.session_id)
}

/** No such factor, or another person's. */
export function noFactor(): SignInError {
  return new SignInError('mfa_factor_not_found', 'Factor not found')
}
