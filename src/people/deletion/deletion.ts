import { setTimeout as sleep } from 'node:timers/promises'
import type { Audit } from '../../audit/audit.ts'
import type { Turns } from '../../chat/turns/turns.ts'
import type { Database } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import type { Person } from '../person.ts'
import type { AccountHome } from './homes.ts'
import { checkDeletion } from './permission.ts'

/** How long replies under way may take to end, in ms; after that they go as they are. */
const PATIENCE_MS = 10_000
const LOOK_AGAIN_MS = 100
/** Rows a statement erases; others get their turn in between. */
const SLICE = 2_000

interface DeletionDeps {
  db: Database
  audit: Audit
  turns: Pick<Turns, 'halt'>
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
        erase(deps, person),
      )
    },
  }
}

async function erase({ db, turns, home }: DeletionDeps, person: Person): Promise<void> {
  const { userId } = person
  await home.endSessions(person)
  await db.query(
    `update public.access_tokens set revoked_at = now() where user_id = $1 and revoked_at is null`,
    [userId],
  )
  await stopReplies(db, turns, userId)
  while ((await eraseSlice(db, userId)) > 0);
  await home.remove(userId)
  await assertGone(db, userId)
}

/** Ends the person's replies, wherever they are being made, and waits until they have settled. */
async function stopReplies(db: Database, turns: Pick<Turns, 'halt'>, userId: string): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while (performance.now() < until) {
    const open = await db.query<{ id: string }>('select helix.stop_person($1) as id', [userId])
    if (open.length === 0) return
    await turns.halt(open.map(({ id }) => id))
    await sleep(LOOK_AGAIN_MS)
  }
}

async function eraseSlice(db: Database, userId: string): Promise<number> {
  const [row] = await db.query<{ gone: number }>('select helix.erase_slice($1, $2) as gone', [userId, SLICE])
  return row?.gone ?? 0
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
