import { SignInError } from '../failure.ts'
import { findEvenDeleted, listUsers, type User } from '../users.ts'
import { createAccount } from './create.ts'
import type { AdminDeps } from './deps.ts'
import { removeAccount } from './remove.ts'
import type { NewAccount, PersonChanges } from './requests.ts'
import { updateAccount } from './update.ts'
import { fieldsOf, writtenDown } from './written-down.ts'

/** What an administrator may do with people. Methods speak GoTrue's shapes and throw SignInError. */
export interface AccountAdmin {
  /** @throws SignInError `email_exists`, `user_already_exists`, `weak_password` */
  create(account: NewAccount): Promise<User>
  /** One page of all people, the newest first, and how many there are in all. */
  list(page: { page: number; perPage: number }): Promise<{ users: User[]; total: number }>
  /** @throws SignInError `user_not_found` */
  get(userId: string): Promise<User>
  /**
   * Changes what is named. A new password or role ends the person's sessions and access tokens; a ban takes their requests and open
   * streams, and its end gives them back.
   * @throws SignInError `user_not_found`, `email_exists`, `weak_password`
   */
  update(userId: string, changes: PersonChanges): Promise<User>
  /**
   * Deletes a person with everything of theirs, and with what their pseudonym in the audit chain stands for.
   * Softly: the row stays, its name, address and ways to sign in gone for good.
   * @throws SignInError `user_not_found`, `validation_failed` for the creator of the installation
   */
  remove(userId: string, soft: boolean): Promise<void>
}

/** Makes the {@link AccountAdmin} of an installation that signs people in itself. */
export function createAccountAdmin(deps: AdminDeps): AccountAdmin {
  const get = async (userId: string) => {
    const account = await findEvenDeleted(deps.db, userId)
    if (!account) throw noSuchUser()
    return account.user
  }
  return {
    create: async (account) =>
      get(await writtenDown(deps, 'create', null, {}, () => createAccount(deps, account))),
    list: (page) => listUsers(deps.db, page),
    get,
    async update(userId, changes) {
      const user = await get(userId)
      await writtenDown(deps, 'update', userId, { fields: fieldsOf(changes) }, () =>
        updateAccount(deps, user, changes),
      )
      return get(userId)
    },
    async remove(userId, soft) {
      const user = await get(userId)
      await writtenDown(deps, 'delete', userId, { soft }, () => removeAccount(deps, user, soft))
    },
  }
}

function noSuchUser(): SignInError {
  return new SignInError('user_not_found', 'User not found', { status: 404 })
}
