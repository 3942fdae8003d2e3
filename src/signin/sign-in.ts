import type { Transaction } from '../db/database.ts'
import type { AssuranceLevel, AuthenticationMethod } from './claims.ts'
import type { AccountsDeps, Credentials } from './deps.ts'
import { SignInError } from './failure.ts'
import { redeemAuthCode } from './flow-state.ts'
import { type PasswordCheck, weaknessOf } from './passwords.ts'
import { exchangeRefreshToken } from './refresh.ts'
import { type ClientInfo, type OpenSession, openSession, type Session, toSession } from './sessions.ts'
import { type Account, findByEmail, findById } from './users.ts'

export async function signInWithPassword(
  deps: Pick<AccountsDeps, 'db' | 'keys'>,
  passwords: PasswordCheck,
  { email, password }: Credentials,
  client: ClientInfo,
): Promise<Session> {
  const account = await findByEmail(deps.db, email)
  const matches = await passwords.matches(password, account?.passwordHash)
  if (!account || !matches) throw wrongCredentials()
  refuseBanned(account)
  if (!account.confirmed) throw new SignInError('email_not_confirmed', 'Email not confirmed')
  const session = await openWithPassword(deps, account, client)
  const weakness = weaknessOf(password)
  return weakness ? { ...session, weak_password: weakness } : session
}

/** Opens the session only while the password that was compared still counts: a change of it ends all that came before. */
async function openWithPassword(
  { db, keys }: Pick<AccountsDeps, 'db' | 'keys'>,
  { user, passwordHash }: Account,
  client: ClientInfo,
): Promise<Session> {
  const { account, open } = await db.transaction('gateway', async (tx) => {
    // The lock that opening a session takes anyway; a weaker one would let two sign-ins wait for each other.
    const [row] = await tx.query<{ current: string | null }>(
      'select encrypted_password as current from auth.users where id = $1 for no key update',
      [user.id],
    )
    if (row?.current !== passwordHash) throw wrongCredentials()
    return openIn(tx, user.id, 'password', client)
  })
  return toSession(keys, account.user, open)
}

export async function refresh(deps: AccountsDeps, token: string, client: ClientInfo): Promise<Session> {
  const { exchange, account } = await deps.db.transaction('gateway', async (tx) => {
    const exchange = await exchangeRefreshToken(tx, deps.keys, token, client)
    if (exchange.kind === 'stolen') return { exchange, account: undefined }
    const account = await findById(tx, exchange.userId)
    if (account) refuseBanned(account)
    return { exchange, account }
  })
  if (exchange.kind === 'stolen') {
    deps.revocations.add([exchange.sessionId])
    throw new SignInError('refresh_token_already_used', 'Invalid Refresh Token: Already Used')
  }
  if (!account) throw noUser()
  return toSession(deps.keys, account.user, exchange.session)
}

/** What a waiting program shows: the code the browser brought it, and what it kept to itself. */
export interface AuthCode {
  code: string
  verifier: string
}

export async function exchangeCode(
  { db, keys }: AccountsDeps,
  { code, verifier }: AuthCode,
  client: ClientInfo,
): Promise<Session> {
  const { account, open } = await db.transaction('gateway', async (tx) => {
    const { userId, method } = await redeemAuthCode(tx, code, verifier)
    const open = await openSession(tx, userId, method, client)
    const account = await findById(tx, userId)
    if (!account) throw noUser()
    refuseBanned(account)
    return { account, open }
  })
  return toSession(keys, account.user, open)
}

/** Opens a session for a person whose right to it is settled. @throws SignInError `user_not_found` */
export async function openFor(
  { db, keys }: Pick<AccountsDeps, 'db' | 'keys'>,
  userId: string,
  method: AuthenticationMethod['method'],
  client: ClientInfo,
  level: AssuranceLevel = 'aal1',
): Promise<Session> {
  const { account, open } = await db.transaction('gateway', async (tx) => {
    if (!(await findById(tx, userId))) throw noUser()
    return openIn(tx, userId, method, client, level)
  })
  return toSession(keys, account.user, open)
}

async function openIn(
  tx: Transaction,
  userId: string,
  method: AuthenticationMethod['method'],
  client: ClientInfo,
  level?: AssuranceLevel,
): Promise<{ account: Account; open: OpenSession }> {
  const open = await openSession(tx, userId, method, client, level)
  const account = await findById(tx, userId)
  if (!account) throw noUser()
  return { account, open }
}

function wrongCredentials(): SignInError {
  return new SignInError('invalid_credentials', 'Invalid login credentials')
}

/** @throws SignInError `user_banned` */
export function refuseBanned({ banned }: Account, status = 400): void {
  if (banned) throw new SignInError('user_banned', 'User is banned', { status })
}

/** The person of a session or a token is gone. */
export function noUser(): SignInError {
  return new SignInError('user_not_found', 'User from sub claim in JWT does not exist')
}
