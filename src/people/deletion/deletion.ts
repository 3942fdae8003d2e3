import type { Audit } from '../../audit/audit.ts'
import type { Database } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import type { Person } from '../person.ts'
import type { Erase } from './erasure.ts'
import type { AccountHome } from './homes.ts'
import { checkDeletion } from './permission.ts'

interface DeletionDeps {
  db: Database
  audit: Audit
  erase: Erase
  home: AccountHome
  now?: () => Date
}

export type AccountDeletion = ReturnType<typeof createAccountDeletion>

/** Deleting accounts, each by its own person. */
export function createAccountDeletion(deps: DeletionDeps) {
  const { audit, home, now = () => new Date() } = deps
  return {
    /**
     * Announced on the chain, then done, and closed there under the pseudonym that stands for nobody by then. What a
     * crash leaves over goes when the person asks again.
     * @throws HelixError `creator_account`, `consent_required`, `reauthentication_needed`, `signin_unavailable`
     */
    async remove(person: Person, confirm: string): Promise<void> {
      checkDeletion(person, confirm, now())
      home.assertAble()
      const { actor } = person
      await audit.act({ channel: 'api', kind: 'account.delete.request', actor, data: {} }, () =>
        removeAccount(deps, person),
      )
    },
  }
}

async function removeAccount({ db, erase, home }: DeletionDeps, person: Person): Promise<void> {
  await home.endSessions(person)
  await erase(person.userId)
  await home.remove(person.userId)
  await assertGone(db, person.userId)
}

/** What hangs on the account went with it, whoever deleted it: or the deletion has failed. */
async function assertGone(db: Database, userId: string): Promise<void> {
  const [row] = await db.query<{ left: boolean }>(
    `select exists (select from public.user_profiles where user_id = $1)
      or exists (select from public.conversations where user_id = $1)
      or exists (select from public.audit_actors where user_id = $1) as left`,
    [userId],
  )
  if (!row?.left) return
  throw new HelixError('internal', 'The account was deleted, yet rows of it are left', {
    hint: 'Check that SUPABASE_URL and the database are of the same project.',
  })
}
