import type { AssuranceLevel, Claims } from './claims.ts'
import type { AccountsDeps } from './deps.ts'
import { SignInError } from './failure.ts'
import { noUser } from './sign-in.ts'
import { type Account, findById } from './users.ts'

/** Whoever sent a verified access token, and how long their session has been open. */
export interface Current {
  account: Account
  sessionId: string
  /** Whether a second factor was proved. */
  level: AssuranceLevel
  ageMs: number
}

/** @throws SignInError `user_not_found`, `session_not_found`, `user_banned` */
export async function currentSession({ db }: Pick<AccountsDeps, 'db'>, claims: Claims): Promise<Current> {
  const account = await findById(db, claims.sub)
  if (!account) throw noUser()
  if (account.banned) throw bannedUser()
  const [session] = await db.query<{ id: string; level: AssuranceLevel | null; created_at: Date }>(
    `select id, aal as level, created_at from auth.sessions where id = $1 and user_id = $2`,
    [claims.session_id ?? null, claims.sub],
  )
  if (!session) {
    throw new SignInError('session_not_found', 'Session from session_id claim in JWT does not exist')
  }
  const { id: sessionId, level, created_at } = session
  return { account, sessionId, level: level ?? 'aal1', ageMs: Date.now() - created_at.getTime() }
}

/** A token that outlived the ban of its person. */
function bannedUser(): SignInError {
  return new SignInError('user_banned', 'User is banned', { status: 403 })
}
