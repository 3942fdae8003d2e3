import type { AccountsDeps, Credentials, Onward } from './deps.ts'
import { SignInError } from './failure.ts'
import type { Mail } from './mail/mail.ts'
import { makeMail } from './mailed-tokens.ts'
import { checkNewPassword, hashPassword, type PasswordCheck } from './passwords.ts'
import { insertAnonymous, madeUpUser, type NewPerson, registerPerson } from './registration.ts'
import { type ClientInfo, openSession, type Session, toSession } from './sessions.ts'
import { openFor } from './sign-in.ts'
import { findByEmail, findById, type User } from './users.ts'

export async function signUp(
  deps: AccountsDeps,
  passwords: PasswordCheck,
  person: NewPerson & Credentials,
  client: ClientInfo,
  onward: Onward,
): Promise<Session | User> {
  checkNewPassword(person.password)
  const passwordHash = await hashPassword(person.password)
  return deps.autoConfirm
    ? signUpAtOnce(deps, { ...person, passwordHash }, client)
    : signUpByMail(deps, passwords, { ...person, passwordHash }, onward)
}

type Hashed = NewPerson & { passwordHash: string }

async function signUpAtOnce(deps: AccountsDeps, person: Hashed, client: ClientInfo): Promise<Session> {
  const registered = await deps.db.transaction('gateway', (tx) => registerPerson(tx, person, true))
  if (registered.kind === 'taken') throw new SignInError('user_already_exists', 'User already registered')
  return openFor(deps, registered.userId, 'password', client)
}

/** Answers alike for a free and a taken address, and soon: the mail goes out behind the caller's back. */
async function signUpByMail(
  deps: AccountsDeps,
  passwords: PasswordCheck,
  person: Hashed & Credentials,
  onward: Onward,
): Promise<User> {
  const { db, post, limits } = deps
  await post.check('confirmation')
  const mayMail = await limits.mail('signup', person.email).then(
    () => true,
    (error: unknown) => {
      if (error instanceof SignInError) return false
      throw error
    },
  )
  const passwordHash = mayMail ? person.passwordHash : await withoutMail(deps, passwords, person)
  const { user, mail } = await db.transaction('gateway', async (tx): Promise<Outcome> => {
    const registered = await registerPerson(tx, { ...person, passwordHash }, false)
    if (registered.kind === 'taken') return {}
    const recipient = { userId: registered.userId, email: person.email }
    const mail = mayMail ? await makeMail(tx, deps, 'signup', recipient, onward) : undefined
    return { user: (await findById(tx, registered.userId))?.user, mail }
  })
  if (mail) post.later(() => post.deliver('confirmation', mail))
  // Whoever signed up with this address before is not shown to whoever does it again.
  return user ? { ...user, user_metadata: person.data } : madeUpUser(person)
}

/**
 * A password counts with the mail that was sent for it. One that comes without a mail leaves the question whose the mail
 * on its way is: unless they are the same, whoever follows it chooses a password then.
 */
async function withoutMail(
  { db }: AccountsDeps,
  passwords: PasswordCheck,
  { email, password }: Credentials,
): Promise<'' | null> {
  const pending = await findByEmail(db, email)
  return (await passwords.matches(password, pending?.passwordHash)) ? null : ''
}

interface Outcome {
  user?: User | undefined
  mail?: Mail | undefined
}

/** An account without an address, which an address may be given later. */
export async function signUpAnonymously(
  { db, keys, limits }: AccountsDeps,
  data: NewPerson['data'],
  client: ClientInfo,
): Promise<Session> {
  if (!limits.anonymous) {
    throw new SignInError('anonymous_provider_disabled', 'Anonymous sign-ins are disabled')
  }
  const { user, open } = await db.transaction('gateway', async (tx) => {
    const userId = await insertAnonymous(tx, data)
    const open = await openSession(tx, userId, 'anonymous', client)
    return { open, user: (await findById(tx, userId))?.user }
  })
  if (!user) throw new Error('A person was gone before the answer')
  return toSession(keys, user, open)
}
