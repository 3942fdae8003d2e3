import type { Queryable } from '../../db/database.ts'
import type { AssuranceLevel, Claims } from '../claims.ts'
import { SignInError } from '../failure.ts'
import { noUser } from '../sign-in.ts'
import { findById, type User } from '../users.ts'

/** Whose factors are at stake, and how well their session is proved by now, whatever the token says. */
export interface FactorSession {
  user: User
  sessionId: string
  level: AssuranceLevel
}

/** @throws SignInError `user_not_found`, `session_not_found`, `no_authorization` for an anonymous account */
export async function factorSession(db: Queryable, claims: Claims): Promise<FactorSession> {
  const account = await findById(db, claims.sub)
  if (!account) throw noUser()
  const [session] = await db.query<{ id: string; level: AssuranceLevel | null }>(
    'select id, aal as level from auth.sessions where id = $1 and user_id = $2',
    [claims.session_id ?? null, claims.sub],
  )
  if (!session) {
    throw new SignInError('session_not_found', 'Session from session_id claim in JWT does not exist')
  }
  if (account.user.is_anonymous) {
    throw new SignInError('no_authorization', 'Anonymous user not allowed to perform these actions', {
      status: 403,
    })
  }
  return { user: account.user, sessionId: session.id, level: session.level ?? 'aal1' }
}

/**
 * Lets a person with a second factor change what they sign in with only after they have proved it.
 * @throws SignInError `insufficient_aal`
 */
export function requireSecondFactor({ user, level }: Pick<FactorSession, 'user' | 'level'>): void {
  const enrolled = user.factors?.some(({ status }) => status === 'verified') ?? false
  if (!enrolled || level === 'aal2') return
  throw new SignInError(
    'insufficient_aal',
    'AAL2 session is required to update email or password when MFA is enabled.',
    { status: 401 },
  )
}
