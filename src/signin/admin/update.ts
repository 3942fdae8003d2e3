import type { Transaction } from '../../db/database.ts'
import { revokeAllTokens } from '../access-tokens/revoke-all.ts'
import { setEmailIdentity } from '../email-change.ts'
import { checkNewPassword, hashPassword } from '../passwords.ts'
import { confirmEmail } from '../registration.ts'
import { endSessions } from '../sign-out.ts'
import type { User } from '../users.ts'
import type { AdminDeps } from './deps.ts'
import { orEmailExists } from './email-exists.ts'
import type { PersonChanges } from './requests.ts'
import { setBan, setMetadata, setRole } from './set.ts'

/** @throws SignInError `email_exists`, `weak_password`, `validation_failed` */
export async function updateAccount(deps: AdminDeps, user: User, changes: PersonChanges): Promise<void> {
  const { password, banMs } = changes
  if (password !== undefined) checkNewPassword(password)
  const passwordHash = password === undefined ? undefined : await hashPassword(password)
  const ended = await deps.db.transaction('gateway', (tx) => write(tx, user, { ...changes, passwordHash }))
  deps.revocations.add(ended)
  if (banMs !== undefined) await deps.changes.tell(user.id)
}

/** Resolves to the sessions that were ended: their tokens say what no longer holds. */
async function write(
  tx: Transaction,
  { id, role }: User,
  changes: PersonChanges & { passwordHash: string | undefined },
): Promise<string[]> {
  if (changes.role) await setRole(tx, id, changes.role)
  if (changes.passwordHash) await setPassword(tx, id, changes.passwordHash)
  if (changes.email) await setEmail(tx, id, changes.email, changes.emailConfirm)
  if (changes.emailConfirm) await confirmEmail(tx, id)
  if (changes.appMetadata) await setMetadata(tx, 'App', id, changes.appMetadata)
  if (changes.userMetadata) await setMetadata(tx, 'User', id, changes.userMetadata)
  if (changes.banMs !== undefined) await setBan(tx, id, changes.banMs)
  const another = changes.passwordHash !== undefined || (changes.role !== undefined && changes.role !== role)
  if (!another) return []
  const ended = await endSessions(tx, id, null, 'global')
  await revokeAllTokens(tx, id, changes.passwordHash === undefined ? 'account_changed' : 'password')
  return ended
}

/** With the old password go the links that were sent while it held. */
async function setPassword(tx: Transaction, userId: string, hash: string): Promise<void> {
  await tx.query('update auth.users set encrypted_password = $2, updated_at = now() where id = $1', [
    userId,
    hash,
  ])
  await tx.query('delete from auth.one_time_tokens where user_id = $1', [userId])
}

async function setEmail(tx: Transaction, userId: string, email: string, confirmed: boolean): Promise<void> {
  await tx
    .query(
      `update auth.users set email = $2, is_anonymous = is_anonymous and not $3, updated_at = now() where id = $1`,
      [userId, email, confirmed],
    )
    .catch(orEmailExists)
  await setEmailIdentity(tx, { userId, email }, confirmed)
}
