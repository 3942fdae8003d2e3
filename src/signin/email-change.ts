import type { Transaction } from '../db/database.ts'
import { emailExists, orEmailExists } from './admin/email-exists.ts'
import type { Onward } from './deps.ts'
import { SignInError } from './failure.ts'
import { openFlow } from './flow-state.ts'
import type { Mail } from './mail/mail.ts'
import { composeMail } from './mail/templates.ts'
import { type MailDeps, makeMailedToken, type Recipient } from './mailed-tokens.ts'
import type { SpentToken } from './one-time-tokens.ts'
import { isReservedEmail } from './reserved.ts'
import { type Account, findByEmail } from './users.ts'

/**
 * Asks for another address: a mail to the new one, and one to the current one where somebody can read it; both must
 * say yes. What was asked for before no longer counts.
 */
export async function beginEmailChange(
  tx: Transaction,
  deps: MailDeps,
  { user }: Account,
  newEmail: string,
  { redirectTo, challenge }: Onward,
): Promise<Mail[]> {
  await noteEmailChange(tx, user.id, newEmail)
  const flowId = challenge && (await openFlow(tx, user.id, 'email_change', challenge))
  const mail = async (kind: 'email_change_current' | 'email_change_new', email: string) => {
    const { url, code } = await makeMailedToken(
      tx,
      deps,
      kind,
      { userId: user.id, email },
      { redirectTo, flowId },
    )
    return composeMail(kind, { to: email, link: url, code })
  }
  const mails = [await mail('email_change_new', newEmail)]
  if (needsBoth(user.email)) mails.push(await mail('email_change_current', user.email))
  return mails
}

/** Writes down which address a person wants. Nobody has agreed to it yet. */
export async function noteEmailChange(tx: Transaction, userId: string, newEmail: string): Promise<void> {
  await tx.query(
    `update auth.users set email_change = $2, email_change_confirm_status = 0, updated_at = now() where id = $1`,
    [userId, newEmail],
  )
}

/**
 * Counts one agreement; with the last, the address changes.
 * @throws SignInError `otp_expired`, `email_exists` when somebody else has the address by now
 */
export async function confirmEmailChange(
  tx: Transaction,
  { type, email }: SpentToken,
  { user }: Account,
): Promise<'done' | 'agreed'> {
  const expected = type === 'email_change_token_new' ? user.new_email : user.email
  if (!user.new_email || email !== expected) {
    throw new SignInError('otp_expired', 'Email link is invalid or has expired')
  }
  if (needsBoth(user.email)) {
    const [row] = await tx.query<{ before: number }>(
      `update auth.users u set email_change_confirm_status = 1, updated_at = now()
      from (select email_change_confirm_status as before from auth.users where id = $1 for update) as old
      where u.id = $1 returning old.before`,
      [user.id],
    )
    if (row?.before === 0) return 'agreed'
  }
  await setEmail(tx, { userId: user.id, email: user.new_email })
  return 'done'
}

/** Gives a person an address that is known to be theirs; an anonymous one is no longer. @throws SignInError `email_exists` */
export async function setEmail(tx: Transaction, { userId, email }: Recipient): Promise<void> {
  const taken = await findByEmail(tx, email)
  if (taken && taken.user.id !== userId) throw emailExists()
  const changed = tx.query(
    `update auth.users set email = $2, email_change = '', email_change_confirm_status = 0, is_anonymous = false,
      email_confirmed_at = coalesce(email_confirmed_at, now()), updated_at = now(),
      raw_app_meta_data = '{"provider":"email","providers":["email"]}' || coalesce(raw_app_meta_data, '{}')
    where id = $1`,
    [userId, email],
  )
  await changed.catch(orEmailExists)
  await setEmailIdentity(tx, { userId, email }, true)
  await tx.query(
    `delete from auth.one_time_tokens
    where user_id = $1 and token_type in ('email_change_token_new', 'email_change_token_current')`,
    [userId],
  )
}

/** Lets a person sign in by an address, and says whether it is shown to be theirs. */
export async function setEmailIdentity(
  tx: Transaction,
  { userId, email }: Recipient,
  verified: boolean,
): Promise<void> {
  await tx.query(
    `insert into auth.identities (provider_id, user_id, provider, last_sign_in_at, identity_data)
    values ($1::text, $1::uuid, 'email', now(), jsonb_build_object(
      'sub', $1::text, 'email', $2::text, 'email_verified', $3::boolean, 'phone_verified', false))
    on conflict (provider_id, provider) do update set updated_at = now(),
      identity_data = auth.identities.identity_data || jsonb_build_object('email', $2::text, 'email_verified', $3::boolean)`,
    [userId, email, verified],
  )
}

/** Whether the current address has to agree too: not where there is none, or none a mail can reach. */
function needsBoth(current: string): boolean {
  return current !== '' && !isReservedEmail(current)
}
