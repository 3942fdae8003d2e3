import type { Database } from '../../db/database.ts'
import type { AssuranceLevel, Claims } from '../claims.ts'
import { currentSession } from '../current-session.ts'
import { SignInError } from '../failure.ts'
import type { User } from '../users.ts'

/** Whose factors are at stake, and how well their session is proved by now, whatever the token says. */
export interface FactorSession {
  user: User
  sessionId: string
  level: AssuranceLevel
}

/** @throws SignInError those of `currentSession`, `no_authorization` for an anonymous account */
export async function factorSession(db: Database, claims: Claims): Promise<FactorSession> {
  const { account, sessionId, level } = await currentSession({ db }, claims)
  if (account.user.is_anonymous) {
    throw new SignInError('no_authorization', 'Anonymous user not allowed to perform these actions', {
      status: 403,
    })
  }
  return { user: account.user, sessionId, level }
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
