import type { Database } from '../db/database.ts'
import type { Claims } from './claims.ts'
import { SignInError } from './failure.ts'
import type { Keys } from './keys.ts'
import { createLinkToken, type LinkType, linkUrl, spendLinkToken } from './links.ts'
import { confirmationMail, type Mailer } from './mail.ts'
import { checkNewPassword, createPasswordCheck, hashPassword, type PasswordCheck } from './passwords.ts'
import type { Revocations } from './revocations.ts'
import {
  type ClientInfo,
  endSessions,
  exchangeRefreshToken,
  openSession,
  type Session,
  type SignOutScope,
  toSession,
} from './sessions.ts'
import { confirmEmail, type NewPerson, registerPerson } from './sign-up.ts'
import { ACCESS_TOKEN_SECONDS } from './tokens.ts'
import { type Account, findByEmail, findById, type User } from './users.ts'

export interface AccountsDeps {
  db: Database
  keys: Keys
  revocations: Revocations
  mail: Mailer
  /** Whether a sign-up needs no confirmed address: only on loopback and without SMTP. */
  autoConfirm: boolean
  /** The gateway's own address, as `http://127.0.0.1:3000`; asked when a link is made. */
  origin: () => string
}

interface Credentials {
  email: string
  password: string
}

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
    signInAs: (userId, client) => signInAs(deps, userId, client),
    oneTimeSignIn: (userId) => oneTimeSignIn(deps, userId),
  }
}

async function signUp(
  deps: AccountsDeps,
  person: NewPerson & Credentials,
  client: ClientInfo,
  redirectTo: string,
): Promise<Session | User> {
  checkNewPassword(person.password)
  const passwordHash = await hashPassword(person.password)
  const registered = await deps.db.transaction('gateway', (tx) =>
    registerPerson(tx, { ...person, passwordHash }, deps.autoConfirm),
  )
  if (deps.autoConfirm) {
    if (registered.kind === 'taken') throw new SignInError('user_already_exists', 'User already registered')
    return begin(deps, registered.userId, 'password', client)
  }
  if (registered.kind === 'new') {
    const link = linkUrl(deps.origin(), 'signup', registered.linkToken, redirectTo)
    await deps.mail.send(confirmationMail(person.email, link))
  }
  return registered.user
}

async function signInWithPassword(
  deps: AccountsDeps,
  passwords: PasswordCheck,
  { email, password }: Credentials,
  client: ClientInfo,
): Promise<Session> {
  const account = await findByEmail(deps.db, email)
  const matches = await passwords.matches(password, account?.passwordHash)
  if (!account || !matches) throw new SignInError('invalid_credentials', 'Invalid login credentials')
  refuseBanned(account)
  if (!account.confirmed) throw new SignInError('email_not_confirmed', 'Email not confirmed')
  return begin(deps, account.user.id, 'password', client)
}

async function refresh(deps: AccountsDeps, token: string, client: ClientInfo): Promise<Session> {
  const { exchange, account } = await deps.db.transaction('gateway', async (tx) => {
    const exchange = await exchangeRefreshToken(tx, deps.keys, token, client)
    if (exchange.kind === 'stolen') return { exchange, account: undefined }
    const account = await findById(tx, exchange.userId)
    if (account) refuseBanned(account)
    return { exchange, account }
  })
  if (exchange.kind === 'stolen') {
    revoke(deps, [exchange.sessionId])
    throw new SignInError('refresh_token_already_used', 'Invalid Refresh Token: Already Used')
  }
  if (!account) throw noUser()
  return toSession(deps.keys, account.user, exchange.session)
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
  revoke(deps, await endSessions(deps.db, claims.sub, claims.session_id ?? null, scope))
}

async function followLink(
  deps: AccountsDeps,
  type: LinkType,
  token: string,
  client: ClientInfo,
): Promise<Session> {
  const { account, open } = await deps.db.transaction('gateway', async (tx) => {
    const userId = await spendLinkToken(tx, type, token)
    await confirmEmail(tx, userId)
    const open = await openSession(tx, userId, type === 'signup' ? 'email/signup' : 'magiclink', client)
    const account = await findById(tx, userId)
    if (!account) throw noUser()
    refuseBanned(account)
    return { account, open }
  })
  return toSession(deps.keys, account.user, open)
}

async function signInAs(deps: AccountsDeps, userId: string, client: ClientInfo): Promise<Session> {
  return begin(deps, userId, 'otp', client)
}

async function oneTimeSignIn({ db, origin }: AccountsDeps, userId: string): Promise<string> {
  const account = await findById(db, userId)
  if (!account) throw noUser()
  const token = await createLinkToken(db, 'magiclink', userId, account.user.email)
  return linkUrl(origin(), 'magiclink', token, `${origin()}/`)
}

/** Opens a session for a person whose right to it is settled. */
async function begin(
  { db, keys }: AccountsDeps,
  userId: string,
  method: 'password' | 'otp',
  client: ClientInfo,
): Promise<Session> {
  const { account, open } = await db.transaction('gateway', async (tx) => {
    if (!(await findById(tx, userId))) throw noUser()
    const open = await openSession(tx, userId, method, client)
    const account = await findById(tx, userId)
    if (!account) throw noUser()
    return { account, open }
  })
  return toSession(keys, account.user, open)
}

function revoke({ revocations }: AccountsDeps, sessionIds: readonly string[]): void {
  const expiresAt = Date.now() + ACCESS_TOKEN_SECONDS * 1000
  for (const id of sessionIds) revocations.add(id, expiresAt)
}

function refuseBanned({ banned }: Account): void {
  if (banned) throw new SignInError('user_banned', 'User is banned')
}

function noUser(): SignInError {
  return new SignInError('user_not_found', 'User from sub claim in JWT does not exist')
}
