import type { AccountsDeps, Credentials } from './deps.ts'
import { SignInError } from './failure.ts'
import { linkUrl } from './links.ts'
import { confirmationMail } from './mail.ts'
import { checkNewPassword, hashPassword } from './passwords.ts'
import { type NewPerson, registerPerson } from './registration.ts'
import type { ClientInfo, Session } from './sessions.ts'
import { openFor } from './sign-in.ts'
import type { User } from './users.ts'

export async function signUp(
  deps: AccountsDeps,
  person: NewPerson & Credentials,
  client: ClientInfo,
  redirectTo: string,
): Promise<Session | User> {
  checkNewPassword(person.password)
  const passwordHash = await hashPassword(person.password)
  const registered = await deps.db.transaction('gateway', (tx) =>
    registerPerson(tx, { ...person, passwordHash }, deps.autoConfirm),
  )
  if (deps.autoConfirm) {
    if (registered.kind === 'taken') throw new SignInError('user_already_exists', 'User already registered')
    return openFor(deps, registered.userId, 'password', client)
  }
  if (registered.kind === 'new') {
    const link = linkUrl(deps.origin(), 'signup', registered.linkToken, redirectTo)
    await deps.mail.send(confirmationMail(person.email, link))
  }
  return registered.user
}
