import type { Transaction } from '../db/database.ts'
import type { AccountsDeps, Onward } from './deps.ts'
import { beginEmailChange } from './email-change.ts'
import { SignInError } from './failure.ts'
import type { Mail } from './mail/mail.ts'
import { makeMail } from './mailed-tokens.ts'
import { type NewPerson, registerPerson } from './registration.ts'
import { isReservedEmail } from './reserved.ts'
import { findByEmail } from './users.ts'

// Whoever asks for a mail learns nothing of the account: limits count for any address, the answer comes before the
// account is even looked for, and the rest happens behind the caller's back.

/** What is asked for with `/otp`. */
export interface OtpRequest extends NewPerson {
  /** Whether somebody unknown becomes known by it. */
  createUser: boolean
}

/** @throws SignInError `otp_disabled` for somebody unknown who is not to be made known, as GoTrue answers it */
export async function sendOtp(deps: AccountsDeps, request: OtpRequest, onward: Onward): Promise<void> {
  const { db, limits, post } = deps
  const { email, createUser } = request
  await post.check('magic link')
  await limits.mail('magiclink', email)
  if (!createUser && !(await findByEmail(db, email))) {
    throw new SignInError('otp_disabled', 'Signups not allowed for otp')
  }
  mailLater(deps, 'magic link', (tx) => otpMail(tx, deps, request, onward))
}

async function otpMail(
  tx: Transaction,
  deps: AccountsDeps,
  { email, data, createUser }: OtpRequest,
  onward: Onward,
): Promise<Mail[]> {
  if (createUser && !isReservedEmail(email) && !(await findByEmail(tx, email))) {
    await registerPerson(tx, { email, data, passwordHash: '' }, deps.autoConfirm)
  }
  const account = await findByEmail(tx, email)
  if (!account) return []
  const recipient = { userId: account.user.id, email }
  if (account.confirmed) return [await makeMail(tx, deps, 'magiclink', recipient, onward)]
  return [await makeMail(tx, deps, 'signup', recipient, onward, 'magiclink')]
}

export async function recover(deps: AccountsDeps, email: string, onward: Onward): Promise<void> {
  await deps.post.check('recovery')
  await deps.limits.mail('recovery', email)
  mailLater(deps, 'recovery', async (tx) => {
    const account = await findByEmail(tx, email)
    return account ? [await makeMail(tx, deps, 'recovery', { userId: account.user.id, email }, onward)] : []
  })
}

export type ResendType = 'signup' | 'email_change'

export async function resend(
  deps: AccountsDeps,
  type: ResendType,
  email: string,
  onward: Onward,
): Promise<void> {
  const subject = type === 'signup' ? 'confirmation' : 'email change'
  await deps.post.check(subject)
  await deps.limits.mail(type, email)
  mailLater(deps, subject, async (tx) => {
    const account = await findByEmail(tx, email)
    if (!account) return []
    if (type === 'signup') {
      const recipient = { userId: account.user.id, email }
      return account.confirmed ? [] : [await makeMail(tx, deps, 'signup', recipient, onward)]
    }
    const { new_email } = account.user
    return new_email ? beginEmailChange(tx, deps, account, new_email, onward) : []
  })
}

/** Makes mails in one transaction and hands them over, while the caller is long gone. */
function mailLater(
  { db, post }: AccountsDeps,
  subject: string,
  make: (tx: Transaction) => Promise<Mail[]>,
): void {
  post.later(async () => {
    for (const mail of await db.transaction('gateway', make)) await post.deliver(subject, mail)
  })
}
