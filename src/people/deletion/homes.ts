import type { Database } from '../../db/database.ts'
import type { AccountAdmin } from '../../signin/admin/admin.ts'
import { SignInError } from '../../signin/failure.ts'
import type { Revocations } from '../../signin/revocations.ts'
import { endSessions } from '../../signin/sign-out.ts'
import type { SupabaseAdmin } from '../../signin/supabase-admin.ts'
import { ACCESS_TOKEN_SECONDS } from '../../signin/tokens.ts'
import type { PeopleChanges } from '../changes.ts'
import type { Person } from '../person.ts'

/** Where accounts are: here, or in a Supabase project. */
export interface AccountHome {
  /** @throws HelixError `signin_unavailable` where no account can be deleted */
  assertAble(): void
  /** Ends the person's sessions, so that nothing new begins. */
  endSessions(person: Person): Promise<void>
  /** Deletes the account; everything that hangs on it goes with it. */
  remove(userId: string): Promise<void>
}

interface HomeDeps {
  db: Database
  revocations: Pick<Revocations, 'add'>
}

/** Accounts of the built-in sign-in. */
export function builtInHome({
  db,
  revocations,
  admin,
}: HomeDeps & { admin: Pick<AccountAdmin, 'remove'> }): AccountHome {
  return {
    assertAble: () => {},
    endSessions: async ({ userId }) => revocations.add(await endSessions(db, userId, null, 'global')),
    // Somebody else may have been faster: then the account is gone, as it should be.
    remove: (userId) => admin.remove(userId, false).catch(unlessGone),
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof SignInError) || error.code !== 'user_not_found') throw error
}

/** Accounts of a Supabase project. */
export function supabaseHome({
  db,
  revocations,
  changes,
  admin,
}: HomeDeps & { changes: Pick<PeopleChanges, 'tell'>; admin: SupabaseAdmin }): AccountHome {
  return {
    assertAble: admin.assertKey,
    // The project ends the others with the account; this one must not begin anything until then.
    async endSessions({ userId, sessionId }) {
      if (sessionId === null) return
      await db.query(
        `insert into public.revoked_sessions (session_id, user_id, expires_at)
         values ($1, $2, now() + make_interval(secs => $3)) on conflict (session_id) do nothing`,
        [sessionId, userId, ACCESS_TOKEN_SECONDS],
      )
      revocations.add([sessionId])
    },
    async remove(userId) {
      await admin.deleteUser(userId)
      await changes.tell(userId)
    },
  }
}
