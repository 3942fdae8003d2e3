import type { Claims } from './claims.ts'
import type { AccountsDeps, Credentials } from './deps.ts'
import { SignInError } from './failure.ts'
import { createLinkToken, type LinkType, linkUrl } from './links.ts'
import { createPasswordCheck } from './passwords.ts'
import type { NewPerson } from './registration.ts'
import type { ClientInfo, Session } from './sessions.ts'
import { followLink, noUser, openFor, refresh, signInWithPassword } from './sign-in.ts'
import { endSessions, type SignOutScope } from './sign-out.ts'
import { signUp } from './sign-up.ts'
import { findById, type User } from './users.ts'

/** Signing people in where Helix does it itself. Every method speaks GoTrue's shapes and throws SignInError. */
export interface Accounts {
  readonly autoConfirm: boolean
  /**
   * Registers a person. Resolves to a session, or, where the address must be confirmed first, to the person alone;
   * then a taken address is answered, as GoTrue does, with a made-up person, and no mail goes out.
   * @throws SignInError `weak_password`, `user_already_exists`, `validation_failed`
   */
  signUp(person: NewPerson & Credentials, client: ClientInfo, redirectTo: string): Promise<Session | User>
  /** @throws SignInError `invalid_credentials`, `email_not_confirmed`, `user_banned` */
  signInWithPassword(credentials: Credentials, client: ClientInfo): Promise<Session>
  /** @throws SignInError `refresh_token_not_found`, `refresh_token_already_used`, `session_expired`, `user_banned` */
  refresh(refreshToken: string, client: ClientInfo): Promise<Session>
  /** @throws SignInError `session_not_found`, `user_not_found` */
  getUser(claims: Claims): Promise<User>
  signOut(claims: Claims, scope: SignOutScope): Promise<void>
  /** Spends a one-time link. @throws SignInError `otp_expired`, `user_banned` */
  followLink(type: LinkType, token: string, client: ClientInfo): Promise<Session>
  /** A session for a person this machine vouches for. @throws SignInError `user_not_found` */
  signInAs(userId: string, client: ClientInfo): Promise<Session>
  /** A link that signs this person in, once, within the hour. @throws SignInError `user_not_found` */
  oneTimeSignIn(userId: string): Promise<string>
}

/** Builds the {@link Accounts} of an installation. */
export async function createAccounts(deps: AccountsDeps): Promise<Accounts> {
  const passwords = await createPasswordCheck()
  return {
    autoConfirm: deps.autoConfirm,
    signUp: (person, client, redirectTo) => signUp(deps, person, client, redirectTo),
    signInWithPassword: (credentials, client) => signInWithPassword(deps, passwords, credentials, client),
    refresh: (token, client) => refresh(deps, token, client),
    getUser: (claims) => getUser(deps, claims),
    signOut: (claims, scope) => signOut(deps, claims, scope),
    followLink: (type, token, client) => followLink(deps, type, token, client),
    signInAs: (userId, client) => openFor(deps, userId, 'otp', client),
    oneTimeSignIn: (userId) => oneTimeSignIn(deps, userId),
  }
}

async function getUser({ db }: AccountsDeps, claims: Claims): Promise<User> {
  const account = await findById(db, claims.sub)
  if (!account) throw noUser()
  const sessions = await db.query(`select from auth.sessions where id = $1 and user_id = $2`, [
    claims.session_id ?? null,
    claims.sub,
  ])
  if (sessions.length === 0) {
    throw new SignInError('session_not_found', 'Session from session_id claim in JWT does not exist')
  }
  return account.user
}

async function signOut(deps: AccountsDeps, claims: Claims, scope: SignOutScope): Promise<void> {
  deps.revocations.add(await endSessions(deps.db, claims.sub, claims.session_id ?? null, scope))
}

async function oneTimeSignIn({ db, origin }: AccountsDeps, userId: string): Promise<string> {
  const account = await findById(db, userId)
  if (!account) throw noUser()
  const token = await createLinkToken(db, 'magiclink', userId, account.user.email)
  return linkUrl(origin(), 'magiclink', token, `${origin()}/`)
}
