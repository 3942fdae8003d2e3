import type { Audit } from '../../audit/audit.ts'
import type { AdminPerson, ChangePersonRequest, Invitation } from '../../contract/admin/people.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import { trustChanged } from '../../state/entries.ts'
import type { People } from '../people.ts'
import { createDirectory, type Directory } from './directory.ts'
import type { SignInHome } from './homes.ts'

interface PeopleAdminDeps {
  db: Database
  audit: Pick<Audit, 'act' | 'append'>
  home: SignInHome
  isCreator: People['isCreator']
}

/** What the creator may do with people. Each act is on the chain before it is done, by pseudonyms. */
export interface PeopleAdmin extends Directory {
  /**
   * Changes how a person stands; what is left out stays. Suspended, they lose their requests and streams on every
   * gateway within five seconds, and can sign in no more.
   * @throws HelixError `not_found`, `creator_account`, `signin_unavailable`
   */
  change(actor: string, userId: string, changes: ChangePersonRequest): Promise<AdminPerson>
  /** @throws HelixError `account_exists`, `rate_limited`, `mail_failed`, `signin_unavailable` */
  invite(actor: string, email: string): Promise<Invitation>
}

export function createPeopleAdmin(deps: PeopleAdminDeps): PeopleAdmin {
  const { db, audit, home, isCreator } = deps
  const directory = createDirectory(deps)

  return {
    ...directory,
    async change(actor, userId, changes) {
      const person = await directory.get(userId)
      if (isCreator(userId)) refuseForCreator(changes)
      const data = { person: await pseudonymOf(db, userId), ...changes }
      await audit.act({ channel: 'commands', kind: 'user.change.start', actor, data }, async () => {
        await write(db, userId, changes)
        const { suspended } = changes
        if (suspended !== undefined) await home.ban(userId, suspended)
        // Told once more, now that sign-in says the same: what was read in between is from before.
        if (suspended !== undefined) await tell(db, userId)
      })
      const { trustLevel } = changes
      if (trustLevel !== undefined && data.person !== null && trustLevel !== person.trustLevel) {
        const change = { person: data.person, from: person.trustLevel, to: trustLevel }
        await audit.append(trustChanged(actor, change))
      }
      return directory.get(userId)
    },

    async invite(actor, email) {
      const userId = await audit.act(
        { channel: 'commands', kind: 'user.invite.start', actor, data: {} },
        () => home.invite(email),
      )
      return { userId, email, invitedAt: new Date().toISOString() }
    },
  }
}

/** Somebody who never came has no row yet: it is made with what they shall find. */
async function write(
  db: Database,
  userId: string,
  { suspended, trustLevel, quota }: ChangePersonRequest,
): Promise<void> {
  await db.transaction('gateway', async (tx) => {
    await tx.query('insert into public.user_profiles (user_id) values ($1) on conflict do nothing', [userId])
    if (suspended !== undefined) {
      await tx.query('update public.user_profiles set status = $2 where user_id = $1', [
        userId,
        suspended ? 'suspended' : 'active',
      ])
    }
    if (trustLevel !== undefined) {
      await tx.query('update public.user_profiles set trust_level = $2 where user_id = $1', [
        userId,
        trustLevel,
      ])
    }
    if (quota !== undefined) {
      await tx.query('update public.user_profiles set daily_quota_nano_usd = $2 where user_id = $1', [
        userId,
        quota,
      ])
    }
    await tell(tx, userId)
  })
}

async function tell(q: Queryable, userId: string): Promise<void> {
  await q.query(`select pg_notify('helix_people', $1)`, [userId])
}

/** Null for somebody who never came. */
async function pseudonymOf(db: Database, userId: string): Promise<string | null> {
  const [row] = await db.query<{ actor: string }>(
    'select actor from public.audit_actors where user_id = $1',
    [userId],
  )
  return row?.actor ?? null
}

function refuseForCreator({ suspended, trustLevel }: ChangePersonRequest): void {
  if (suspended === undefined && trustLevel === undefined) return
  throw new HelixError('creator_account', 'The creator is always trusted, and cannot be suspended', {
    hint: '`helix user creator <email>` names another.',
    next: ['helix user creator <email>'],
  })
}
