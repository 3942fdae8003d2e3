import { randomBytes } from 'node:crypto'
import type { Database } from '../db/database.ts'
import { isStatementError } from '../db/statement-error.ts'
import { noAccount } from './refusals.ts'

const FOREIGN_KEY_VIOLATION = '23503'

/** What is known of a person from the first sight on, until their standing changes. */
export interface Arrival {
  actor: string
  creator: boolean
  /** Whether every route of ours is closed to them. */
  suspended: boolean
  /** Until when sign-in is closed to them, in ms since 1970; 0 when it is open. */
  bannedUntil: number
  /** Whether their sessions must have proved a second factor. */
  secondFactor: boolean
}

type Standing = { suspended: boolean; kind: string | null; until: Date | null; enrolled: boolean }

/**
 * What is known of a person; at the first sight they get a profile and a pseudonym.
 * @throws HelixError `unauthorized` when there is no such user any more
 */
export async function firstSight(db: Database, userId: string, creator: boolean): Promise<Arrival> {
  const actor = await register(db, userId, creator)
  const [row] = await db.query<Standing>(
    `select p.status = 'suspended' as suspended, l.kind, l.until,
      exists (select from helix.with_second_factor(array[$1::uuid])) as enrolled
    from public.user_profiles p left join helix.lost_signins(array[$1::uuid], '{}') l on true
    where p.user_id = $1`,
    [userId],
  )
  if (!row || row.kind === 'gone') throw noAccount()
  return {
    actor,
    creator,
    suspended: row.suspended,
    bannedUntil: row.until?.getTime() ?? 0,
    secondFactor: row.enrolled,
  }
}

/**
 * Writes profile and pseudonym in one statement and resolves to the pseudonym, new or old. There is one creator: with
 * the first sight of another, whoever had the role is a member again.
 */
async function register(db: Database, userId: string, creator: boolean): Promise<string> {
  const candidate = `person:${randomBytes(12).toString('hex')}`
  try {
    const actor = (await registerOnce(db, userId, creator, candidate)) ?? (await findActor(db, userId))
    if (actor !== undefined) return actor
  } catch (error) {
    if (!isStatementError(error, FOREIGN_KEY_VIOLATION)) throw error
  }
  throw noAccount()
}

async function registerOnce(
  db: Database,
  userId: string,
  creator: boolean,
  candidate: string,
): Promise<string | undefined> {
  const [row] = await db.query<{ actor: string }>(
    `with profile as (
      insert into public.user_profiles as p (user_id, role, trust_level)
      values ($1, case when $2 then 'creator' else 'member' end, case when $2 then 1.0 else 0.5 end)
      on conflict (user_id) do update set role = excluded.role, trust_level = excluded.trust_level
      where $2 and (p.role <> 'creator' or p.trust_level <> 1.0)
    ), former as (
      update public.user_profiles set role = 'member', trust_level = 0.5
      where $2 and role = 'creator' and user_id <> $1
    ), pseudonym as (
      insert into public.audit_actors (user_id, actor) values ($1, $3)
      on conflict (user_id) do nothing
      returning actor
    )
    select actor from pseudonym union all select actor from public.audit_actors where user_id = $1`,
    [userId, creator, candidate],
  )
  return row?.actor
}

/** Two first sights at once: the one that lost sees the winner's row only in a statement of its own. */
async function findActor(db: Database, userId: string): Promise<string | undefined> {
  const [row] = await db.query<{ actor: string }>(
    `select actor from public.audit_actors where user_id = $1`,
    [userId],
  )
  return row?.actor
}
