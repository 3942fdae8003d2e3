import type { Transaction } from '../db/database.ts'
import { revokeAllTokens } from './access-tokens/revoke-all.ts'
import { emailExists } from './admin/email-exists.ts'
import type { Claims } from './claims.ts'
import { type Current, currentSession } from './current-session.ts'
import type { AccountsDeps, Onward } from './deps.ts'
import { beginEmailChange, setEmail } from './email-change.ts'
import { SignInError } from './failure.ts'
import type { Mail } from './mail/mail.ts'
import { mergedMetadata } from './metadata.ts'
import { requireSecondFactor } from './mfa/session.ts'
import { checkNewPassword, hashPassword, type PasswordCheck } from './passwords.ts'
import { requireFreshProof } from './reauthentication.ts'
import { noUser } from './sign-in.ts'
import { endSessions } from './sign-out.ts'
import { findByEmail, findById, type User } from './users.ts'

/** What people change of themselves; null leaves it. */
export interface UserChanges {
  /** In lower case. */
  email: string | null
  password: string | null
  /** The password that counts until now, where the client asks for it again. */
  currentPassword: string | null
  /** A code that `/reauthenticate` mailed. */
  nonce: string | null
  /** Merged into what is there; a null value takes a key away. */
  data: Record<string, unknown> | null
}

export async function updateUser(
  deps: AccountsDeps,
  passwords: PasswordCheck,
  claims: Claims,
  changes: UserChanges,
  onward: Onward,
): Promise<User> {
  const current = await currentSession(deps, claims)
  const { user } = current.account
  const email = changes.email === user.email ? null : changes.email
  if (changes.password !== null || email !== null) requireSecondFactor({ user, level: current.level })
  if (changes.password !== null) await checkPassword(deps, passwords, current, changes)
  if (email !== null) await checkEmail(deps, email)
  const passwordHash = changes.password === null ? null : await hashPassword(changes.password)
  const data = changes.data && mergedMetadata(user.user_metadata, changes.data)
  const { ended, mails, account } = await deps.db.transaction('gateway', async (tx) => {
    const ended = passwordHash === null ? [] : await replacePassword(tx, current, passwordHash)
    if (data) await replaceMetadata(tx, user.id, data)
    const mails = email === null ? [] : await changeEmail(tx, deps, current, email, onward)
    return { ended, mails, account: await findById(tx, user.id) }
  })
  deps.revocations.add(ended)
  for (const mail of mails) await deps.post.deliver('email change', mail)
  if (!account) throw noUser()
  return account.user
}

async function checkPassword(
  deps: AccountsDeps,
  passwords: PasswordCheck,
  current: Current,
  { email, password, currentPassword, nonce }: UserChanges,
): Promise<void> {
  const { user, passwordHash } = current.account
  if (user.is_anonymous && email === null) {
    throw new SignInError(
      'validation_failed',
      'Updating password of an anonymous user without an email or phone is not allowed',
      { status: 422 },
    )
  }
  checkNewPassword(password ?? '')
  if (currentPassword !== null && !(await passwords.matches(currentPassword, passwordHash))) {
    throw new SignInError('invalid_credentials', 'The current password is not right')
  }
  if (await passwords.matches(password ?? '', passwordHash)) {
    throw new SignInError('same_password', 'New password should be different from the old password.')
  }
  await requireFreshProof(deps, current, nonce)
}

async function checkEmail({ db, limits }: AccountsDeps, email: string): Promise<void> {
  if (await findByEmail(db, email)) throw emailExists()
  await limits.mail('email_change', email)
}

/** The other sessions and all access tokens end: whoever opened or made them may be why the password changes. */
async function replacePassword(
  tx: Transaction,
  { account, sessionId }: Current,
  passwordHash: string,
): Promise<string[]> {
  await tx.query(`update auth.users set encrypted_password = $2, updated_at = now() where id = $1`, [
    account.user.id,
    passwordHash,
  ])
  await tx.query(`delete from auth.one_time_tokens where user_id = $1 and token_type = 'recovery_token'`, [
    account.user.id,
  ])
  const ended = await endSessions(tx, account.user.id, sessionId, 'others')
  await revokeAllTokens(tx, account.user.id, 'password')
  return ended
}

async function replaceMetadata(tx: Transaction, userId: string, data: UserChanges['data']): Promise<void> {
  await tx.query(`update auth.users set raw_user_meta_data = $2::jsonb, updated_at = now() where id = $1`, [
    userId,
    JSON.stringify(data),
  ])
}

async function changeEmail(
  tx: Transaction,
  deps: AccountsDeps,
  { account }: Current,
  email: string,
  onward: Onward,
): Promise<Mail[]> {
  if (!account.user.is_anonymous || !deps.autoConfirm) {
    return beginEmailChange(tx, deps, account, email, onward)
  }
  await setEmail(tx, { userId: account.user.id, email })
  return []
}
