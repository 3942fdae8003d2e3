import type { Transaction } from '../db/database.ts'
import type { AccountsDeps } from './deps.ts'
import { confirmEmailChange } from './email-change.ts'
import { SignInError } from './failure.ts'
import { issueAuthCode } from './flow-state.ts'
import { type SpentToken, spendCode, spendLink, type TokenType } from './one-time-tokens.ts'
import { confirmEmail } from './registration.ts'
import { type ClientInfo, type OpenSession, openSession, type Session, toSession } from './sessions.ts'
import { refuseBanned } from './sign-in.ts'
import { findById, type User } from './users.ts'

/** What a link or a code may be for, and the kinds of token it may then be. */
const TYPES = {
  signup: ['confirmation_token'],
  invite: ['confirmation_token'],
  magiclink: ['recovery_token'],
  recovery: ['recovery_token'],
  email_change: ['email_change_token_new', 'email_change_token_current'],
  email: ['confirmation_token', 'recovery_token'],
} as const satisfies Record<string, readonly TokenType[]>

export type VerificationType = keyof typeof TYPES

/** Whether `type` is one a mailed link or code can have. */
export function isVerificationType(type: unknown): type is VerificationType {
  return typeof type === 'string' && Object.hasOwn(TYPES, type)
}

/** What following a link came to; `agreed` is the first of the two confirmations of another address. */
export type Followed =
  | { kind: 'session'; session: Session }
  | { kind: 'code'; code: string }
  | { kind: 'agreed' }

/** Whether a link says that a program waits for an `auth_code`. */
export const isAwaited = (link: string): boolean => link.startsWith('pkce_')

/** Spends a link, as a browser follows it. */
export async function followLink(
  deps: AccountsDeps,
  type: VerificationType,
  link: string,
  client: ClientInfo,
): Promise<Followed> {
  const spend = (tx: Transaction) => spendLink(tx, TYPES[type], link)
  return finish(
    deps,
    await settle(deps, spend, isAwaited(link) ? issueAuthCode : undefined, client),
    LINK_REFUSED,
  )
}

/** What a client shows itself: the secret of a link, or an address and the code sent there. */
export type Proof = { link: string } | { email: string; code: string }

/** Spends a link or a code, as a client shows it; whoever shows it needs no `auth_code`. */
export async function verify(
  deps: AccountsDeps,
  type: VerificationType,
  proof: Proof,
  client: ClientInfo,
): Promise<Exclude<Followed, { kind: 'code' }>> {
  if ('email' in proof) await deps.limits.code(proof.email, client.address)
  const types = type === 'magiclink' && 'email' in proof ? TYPES.email : TYPES[type]
  const spend = (tx: Transaction) =>
    'link' in proof ? spendLink(tx, types, proof.link) : spendCode(tx, deps.keys, { types, ...proof })
  const followed = await finish(
    deps,
    await settle(deps, spend, undefined, client),
    'link' in proof ? LINK_REFUSED : CODE_REFUSED,
  )
  if (followed.kind === 'code') throw new Error('A code was made though nobody waits for one')
  return followed
}

const LINK_REFUSED = 'Email link is invalid or has expired'
const CODE_REFUSED = 'Token has expired or is invalid'

type Settled =
  | { kind: 'open'; user: User; open: OpenSession }
  | { kind: 'code'; code: string }
  | { kind: 'agreed' }
  | undefined

/** Spends and does what it was for in one transaction; a wrong code is committed as an attempt, so it is no throw. */
function settle(
  { db }: AccountsDeps,
  spend: (tx: Transaction) => Promise<SpentToken | undefined>,
  issueCode: typeof issueAuthCode | undefined,
  client: ClientInfo,
): Promise<Settled> {
  return db.transaction('gateway', async (tx) => {
    const token = await spend(tx)
    if (!token) return undefined
    if ((await apply(tx, token)) === 'agreed') return { kind: 'agreed' }
    if (issueCode) return { kind: 'code', code: await issueCode(tx, token.flowId) }
    const open = await openSession(tx, token.userId, 'otp', client)
    const account = await findById(tx, token.userId)
    if (!account) throw refused(LINK_REFUSED)
    return { kind: 'open', user: account.user, open }
  })
}

async function apply(tx: Transaction, token: SpentToken): Promise<'done' | 'agreed'> {
  const account = await findById(tx, token.userId)
  if (!account) throw refused(LINK_REFUSED)
  refuseBanned(account, 403)
  if (token.purpose === 'email_change') return confirmEmailChange(tx, token, account)
  if (token.email !== account.user.email) throw refused(LINK_REFUSED)
  // Whoever signed up with this address before was never shown to own it: their password must not stay.
  if (!account.confirmed && token.purpose !== 'signup') await clearPassword(tx, token.userId)
  await confirmEmail(tx, token.userId)
  return 'done'
}

async function clearPassword(tx: Transaction, userId: string): Promise<void> {
  await tx.query(`update auth.users set encrypted_password = '', updated_at = now() where id = $1`, [userId])
}

async function finish({ keys }: AccountsDeps, settled: Settled, refusal: string): Promise<Followed> {
  if (!settled) throw refused(refusal)
  if (settled.kind !== 'open') return settled
  return { kind: 'session', session: await toSession(keys, settled.user, settled.open) }
}

function refused(message: string): SignInError {
  return new SignInError('otp_expired', message)
}
