import type { Claims } from './claims.ts'
import { type Current, currentSession } from './current-session.ts'
import type { AccountsDeps } from './deps.ts'
import { SignInError } from './failure.ts'
import { makeMail } from './mailed-tokens.ts'
import { spendCode } from './one-time-tokens.ts'
import { isReservedEmail } from './reserved.ts'

/** A session this old asks for a fresh proof before the password changes, in ms. */
const RECENT_MS = 24 * 60 * 60 * 1000

/** Mails a code that proves, with the next change, that it is still the same person. */
export async function reauthenticate(deps: AccountsDeps, claims: Claims): Promise<void> {
  const { account } = await currentSession(deps, claims)
  const { id: userId, email } = account.user
  if (!email) {
    throw new SignInError(
      'validation_failed',
      'Reauthentication requires the user to have an email or a phone number',
      { status: 422 },
    )
  }
  if (!account.confirmed) {
    throw new SignInError('email_not_confirmed', 'Please verify your email first.', { status: 422 })
  }
  await deps.limits.mail('reauthentication', email)
  const onward = { redirectTo: '', challenge: null }
  const mail = await deps.db.transaction('gateway', (tx) =>
    makeMail(tx, deps, 'reauthentication', { userId, email }, onward),
  )
  await deps.post.deliver('reauthentication', mail)
}

/**
 * Lets a change of the password pass: a code that was mailed is right, or the session is young enough to need none.
 * @throws SignInError `reauthentication_needed`, `reauthentication_not_valid`
 */
export async function requireFreshProof(
  deps: AccountsDeps,
  { account, ageMs }: Current,
  nonce: string | null,
): Promise<void> {
  const { email } = account.user
  if (nonce === null) {
    const reachable = email !== '' && !isReservedEmail(email)
    if (ageMs <= RECENT_MS || !reachable) return
    throw new SignInError('reauthentication_needed', 'Password update requires reauthentication')
  }
  await deps.limits.nonce(account.user.id)
  const proof = { types: ['reauthentication_token'] as const, email, code: nonce }
  const spent = await deps.db.transaction('gateway', (tx) => spendCode(tx, deps.keys, proof))
  if (spent?.userId !== account.user.id) {
    throw new SignInError('reauthentication_not_valid', 'Nonce has expired or is invalid')
  }
}
