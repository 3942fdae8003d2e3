import { randomUUID } from 'node:crypto'
import { SignInError } from '../failure.ts'
import { checkNewPassword, hashPassword } from '../passwords.ts'
import { confirmEmail, insertAccount } from '../registration.ts'
import { randomToken } from '../tokens.ts'
import type { AdminDeps } from './deps.ts'
import { emailExists, orEmailExists } from './email-exists.ts'
import type { NewAccount } from './requests.ts'
import { setBan, setMetadata, setRole } from './set.ts'

/** Resolves to the id of the new person. */
export async function createAccount({ db }: AdminDeps, account: NewAccount): Promise<string> {
  if (account.password !== undefined) checkNewPassword(account.password)
  // Without a password there is one that nobody knows, as GoTrue makes it.
  const passwordHash = account.passwordHash ?? (await hashPassword(account.password ?? randomToken()))
  return db.transaction('gateway', async (tx) => {
    const id = account.id ?? randomUUID()
    const taken = await tx.query('select from auth.users where id = $1', [id])
    if (taken.length > 0) throw new SignInError('user_already_exists', 'A user with this id already exists')
    const { email, userMetadata: data = {} } = account
    if (!(await insertAccount(tx, { id, email, data, passwordHash }).catch(orEmailExists)))
      throw emailExists()
    if (account.emailConfirm) await confirmEmail(tx, id)
    if (account.appMetadata) await setMetadata(tx, 'App', id, account.appMetadata)
    if (account.role) await setRole(tx, id, account.role)
    if (account.banMs !== undefined) await setBan(tx, id, account.banMs)
    return id
  })
}
