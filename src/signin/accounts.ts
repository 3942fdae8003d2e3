import { type GeneratedLink, generateLink, invite, type LinkRequest } from './admin/links.ts'
import { handedOut } from './admin/written-down.ts'
import type { Claims } from './claims.ts'
import { currentSession } from './current-session.ts'
import type { AccountsDeps, Credentials, Onward } from './deps.ts'
import { type OtpRequest, type ResendType, recover, resend, sendOtp } from './mail-requests.ts'
import { makeMailedToken } from './mailed-tokens.ts'
import { createPasswordCheck } from './passwords.ts'
import { reauthenticate } from './reauthentication.ts'
import type { NewPerson } from './registration.ts'
import type { ClientInfo, Session } from './sessions.ts'
import { type AuthCode, exchangeCode, noUser, openFor, refresh, signInWithPassword } from './sign-in.ts'
import { endSessions, type SignOutScope } from './sign-out.ts'
import { signUp, signUpAnonymously } from './sign-up.ts'
import { type UserChanges, updateUser } from './update-user.ts'
import { findById, type User } from './users.ts'
import { type Followed, followLink, type Proof, type VerificationType, verify } from './verification.ts'

/** Signing people in where Helix does it itself. Every method speaks GoTrue's shapes and throws SignInError. */
export interface Accounts {
  readonly autoConfirm: boolean
  /** Whether anonymous accounts are offered. */
  readonly anonymous: boolean
  /**
   * Registers a person. Resolves to a session, or, where the address must be confirmed first, to the person alone;
   * then a taken address is answered, as GoTrue does, with a made-up person, and no mail goes out.
   * @throws SignInError `weak_password`, `user_already_exists`, `validation_failed`
   */
  signUp(person: NewPerson & Credentials, client: ClientInfo, onward: Onward): Promise<Session | User>
  /** @throws SignInError `anonymous_provider_disabled` */
  signUpAnonymously(data: NewPerson['data'], client: ClientInfo): Promise<Session>
  /** @throws SignInError `invalid_credentials`, `email_not_confirmed`, `user_banned` */
  signInWithPassword(credentials: Credentials, client: ClientInfo): Promise<Session>
  /** @throws SignInError `refresh_token_not_found`, `refresh_token_already_used`, `session_expired`, `user_banned` */
  refresh(refreshToken: string, client: ClientInfo): Promise<Session>
  /** @throws SignInError `flow_state_not_found`, `flow_state_expired`, `bad_code_verifier`, `user_banned` */
  exchangeCode(code: AuthCode, client: ClientInfo): Promise<Session>
  /** @throws SignInError `session_not_found`, `user_not_found` */
  getUser(claims: Claims): Promise<User>
  /**
   * Changes what a person may change of themselves. With another password all other sessions and every personal
   * access token end; another address counts once both addresses have agreed.
   * @throws SignInError `weak_password`, `same_password`, `email_exists`, `reauthentication_needed`, …
   */
  updateUser(claims: Claims, changes: UserChanges, onward: Onward): Promise<User>
  signOut(claims: Claims, scope: SignOutScope): Promise<void>
  /** Mails a link and a code to sign in with. @throws SignInError `over_email_send_rate_limit`, `otp_disabled` */
  sendOtp(request: OtpRequest, onward: Onward): Promise<void>
  /** Mails a link and a code to choose a new password with. @throws SignInError `over_email_send_rate_limit` */
  recover(email: string, onward: Onward): Promise<void>
  /** @throws SignInError `over_email_send_rate_limit` */
  resend(type: ResendType, email: string, onward: Onward): Promise<void>
  /** Mails a code that goes with a change of the password. @throws SignInError `over_email_send_rate_limit` */
  reauthenticate(claims: Claims): Promise<void>
  /** Spends a one-time link as a browser follows it. @throws SignInError `otp_expired`, `user_banned` */
  followLink(type: VerificationType, link: string, client: ClientInfo): Promise<Followed>
  /** Spends a link or a code that a client shows. @throws SignInError `otp_expired`, `user_banned` */
  verify(
    type: VerificationType,
    proof: Proof,
    client: ClientInfo,
  ): Promise<Exclude<Followed, { kind: 'code' }>>
  /** Makes a link without sending it. @throws SignInError `email_exists`, `user_not_found`, `weak_password` */
  generateLink(request: LinkRequest): Promise<GeneratedLink>
  /** @throws SignInError `email_exists` */
  invite(person: NewPerson, redirectTo: string): Promise<User>
  /** A session for a person this machine vouches for, second factor and all. @throws SignInError `user_not_found` */
  signInAs(userId: string, client: ClientInfo): Promise<Session>
  /** A link that signs this person in, once, within the hour. @throws SignInError `user_not_found` */
  oneTimeSignIn(userId: string): Promise<string>
}

/** Builds the {@link Accounts} of an installation. */
export async function createAccounts(deps: AccountsDeps): Promise<Accounts> {
  const passwords = await createPasswordCheck()
  return {
    autoConfirm: deps.autoConfirm,
    anonymous: deps.limits.anonymous,
    signUp: (person, client, onward) => signUp(deps, passwords, person, client, onward),
    signUpAnonymously: (data, client) => signUpAnonymously(deps, data, client),
    signInWithPassword: (credentials, client) => signInWithPassword(deps, passwords, credentials, client),
    refresh: (token, client) => refresh(deps, token, client),
    exchangeCode: (code, client) => exchangeCode(deps, code, client),
    getUser: async (claims) => (await currentSession(deps, claims)).account.user,
    updateUser: (claims, changes, onward) => updateUser(deps, passwords, claims, changes, onward),
    signOut: (claims, scope) => signOut(deps, claims, scope),
    sendOtp: (request, onward) => sendOtp(deps, request, onward),
    recover: (email, onward) => recover(deps, email, onward),
    resend: (type, email, onward) => resend(deps, type, email, onward),
    reauthenticate: (claims) => reauthenticate(deps, claims),
    followLink: (type, link, client) => followLink(deps, type, link, client),
    verify: (type, proof, client) => verify(deps, type, proof, client),
    generateLink: (request) =>
      handedOut(deps, 'link', request.email, { type: request.type }, () => generateLink(deps, request)),
    invite: (person, redirectTo) =>
      handedOut(deps, 'invite', person.email, {}, () => invite(deps, person, redirectTo)),
    signInAs: (userId, client) => openFor(deps, userId, 'otp', client, 'aal2'),
    oneTimeSignIn: (userId) => oneTimeSignIn(deps, userId),
  }
}

async function signOut(deps: AccountsDeps, claims: Claims, scope: SignOutScope): Promise<void> {
  deps.revocations.add(await endSessions(deps.db, claims.sub, claims.session_id ?? null, scope))
}

async function oneTimeSignIn(deps: AccountsDeps, userId: string): Promise<string> {
  const { url } = await deps.db.transaction('gateway', async (tx) => {
    const account = await findById(tx, userId)
    if (!account) throw noUser()
    const recipient = { userId, email: account.user.email }
    return makeMailedToken(tx, deps, 'magiclink', recipient, { redirectTo: deps.home(), flowId: null })
  })
  return url
}
