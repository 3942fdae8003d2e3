import { createHash } from 'node:crypto'
import type { Transaction } from '../../db/database.ts'
import { retryUndone } from '../../db/retry.ts'
import { SignInError } from '../failure.ts'
import { endSessions } from '../sign-out.ts'
import type { User } from '../users.ts'
import type { AdminDeps } from './deps.ts'

/** @throws SignInError `validation_failed` for the creator, whose installation this is */
export async function removeAccount(deps: AdminDeps, user: User, soft: boolean): Promise<void> {
  if (deps.isCreator(user.id)) throw creatorStays()
  deps.revocations.add(await endSessions(deps.db, user.id, null, 'global'))
  if (!soft) await deps.erase(user.id)
  const ended = await retryUndone(() =>
    deps.db.transaction('gateway', async (tx) => {
      const late = await endSessions(tx, user.id, null, 'global')
      if (!soft) await tx.query('delete from auth.users where id = $1', [user.id])
      else if (user.deleted_at === undefined) await obscure(tx, user)
      return late
    }),
  )
  deps.revocations.add(ended)
  await deps.changes.tell(user.id)
}

function creatorStays(): SignInError {
  return new SignInError(
    'validation_failed',
    'This user is the creator of the installation: name another first',
  )
}

/** Keeps the row and takes from it who it was, so that the address is free and nothing signs in any more. */
async function obscure(tx: Transaction, { id, email, phone }: User): Promise<void> {
  await tx.query(
    `update auth.users set email = $2, phone = $3, encrypted_password = null, email_change = '', phone_change = '',
      confirmation_token = '', recovery_token = '', email_change_token_current = '', email_change_token_new = '',
      phone_change_token = '', reauthentication_token = '', raw_user_meta_data = '{}', raw_app_meta_data = '{}',
      deleted_at = now(), updated_at = now()
    where id = $1`,
    [id, obscured(id, email), phone === '' ? null : obscured(id, phone).slice(0, 15)],
  )
  await tx.query('delete from auth.one_time_tokens where user_id = $1', [id])
  await tx.query('delete from auth.mfa_factors where user_id = $1', [id])
  const identities = await tx.query<{ id: string; provider: string; provider_id: string }>(
    'select id, provider, provider_id from auth.identities where user_id = $1',
    [id],
  )
  for (const identity of identities) {
    await tx.query(`update auth.identities set identity_data = '{}', provider_id = $2 where id = $1`, [
      identity.id,
      obscured(id, `${identity.provider}:${identity.provider_id}`),
    ])
  }
}

/** As GoTrue obscures: the hash tells the same value again to who knows it, and nobody else. */
function obscured(userId: string, value: string): string {
  return createHash('sha256')
    .update(userId + value)
    .digest('base64url')
}
