import type { Transaction } from '../../db/database.ts'
import type { AccountsDeps } from '../deps.ts'
import { noteEmailChange } from '../email-change.ts'
import { SignInError } from '../failure.ts'
import type { MailKind } from '../mail/mail.ts'
import { composeMail } from '../mail/templates.ts'
import { type MailedToken, makeMailedToken } from '../mailed-tokens.ts'
import { checkNewPassword, hashPassword } from '../passwords.ts'
import { type NewPerson, registerPerson } from '../registration.ts'
import { isReservedEmail } from '../reserved.ts'
import { type Account, findByEmail, findById, type User } from '../users.ts'
import { emailExists } from './email-exists.ts'

/** A link that an administrator hands over in their own way. */
export interface LinkRequest extends NewPerson {
  type: Exclude<MailKind, 'reauthentication'>
  /** For `signup`. */
  password: string | null
  /** For the two kinds of `email_change`. */
  newEmail: string | null
  redirectTo: string
}

/** A person with the link made for them, as GoTrue words it. */
export type GeneratedLink = User & {
  action_link: string
  email_otp: string
  hashed_token: string
  redirect_to: string
  verification_type: string
}

export async function generateLink(deps: AccountsDeps, request: LinkRequest): Promise<GeneratedLink> {
  const { redirectTo, password } = request
  if (request.type === 'signup') checkNewPassword(password ?? '')
  const passwordHash = password === null ? '' : await hashPassword(password)
  return deps.db.transaction('gateway', async (tx) => {
    const { kind, userId, email } = await prepare(tx, { ...request, passwordHash })
    const token = await makeMailedToken(tx, deps, kind, { userId, email }, { redirectTo, flowId: null })
    const account = await findById(tx, userId)
    if (!account) throw unknownUser()
    return generated(account, token, kind, redirectTo)
  })
}

/** Invites somebody by mail. @throws SignInError `email_exists` when they have confirmed the address before */
export async function invite(deps: AccountsDeps, person: NewPerson, redirectTo: string): Promise<User> {
  const { account, mail } = await deps.db.transaction('gateway', async (tx) => {
    const userId = await invited(tx, person)
    const recipient = { userId, email: person.email }
    const token = await makeMailedToken(tx, deps, 'invite', recipient, { redirectTo, flowId: null })
    const mail = composeMail('invite', { to: person.email, link: token.url, code: token.code })
    return { mail, account: await findById(tx, userId) }
  })
  await deps.post.deliver('invite', mail)
  if (!account) throw unknownUser()
  return account.user
}

/** Sees to it that there is somebody the link is for; resolves to what it becomes, and for which address. */
async function prepare(
  tx: Transaction,
  request: LinkRequest & { passwordHash: string },
): Promise<{ kind: LinkRequest['type']; userId: string; email: string }> {
  const { type, email } = request
  const account = await findByEmail(tx, email)
  if (type === 'invite') return { kind: type, userId: await invited(tx, request), email }
  // As GoTrue does: a sign-in link for somebody unknown makes them known.
  if (type === 'signup' || (type === 'magiclink' && !account)) {
    return { kind: 'signup', userId: await newPerson(tx, request), email }
  }
  if (!account) throw unknownUser()
  const userId = account.user.id
  if (type === 'magiclink' || type === 'recovery') return { kind: type, userId, email }
  const newEmail = await noteNewEmail(tx, account, request.newEmail)
  return { kind: type, userId, email: type === 'email_change_new' ? newEmail : email }
}

async function noteNewEmail(tx: Transaction, { user }: Account, newEmail: string | null): Promise<string> {
  if (newEmail === null) throw new SignInError('validation_failed', 'An email address is required')
  const taken = await findByEmail(tx, newEmail)
  if (taken && taken.user.id !== user.id) throw emailExists()
  if (user.new_email !== newEmail) await noteEmailChange(tx, user.id, newEmail)
  return newEmail
}

async function invited(tx: Transaction, person: NewPerson): Promise<string> {
  const account = await findByEmail(tx, person.email)
  if (account?.confirmed) throw emailExists()
  const userId = account?.user.id ?? (await newPerson(tx, { ...person, passwordHash: '' }))
  await tx.query(`update auth.users set invited_at = now() where id = $1`, [userId])
  return userId
}

async function newPerson(tx: Transaction, person: NewPerson & { passwordHash: string }): Promise<string> {
  if (isReservedEmail(person.email)) throw unknownUser()
  const registered = await registerPerson(tx, person, false)
  if (registered.kind === 'taken') throw emailExists()
  return registered.userId
}

function generated(
  { user }: Account,
  { url, code, link }: MailedToken,
  kind: LinkRequest['type'],
  redirectTo: string,
): GeneratedLink {
  return {
    ...user,
    action_link: url,
    email_otp: code,
    hashed_token: link,
    redirect_to: redirectTo,
    verification_type: kind,
  }
}

function unknownUser(): SignInError {
  return new SignInError('user_not_found', 'User with this email not found', { status: 404 })
}
