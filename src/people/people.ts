import { randomBytes } from 'node:crypto'
import type { Database } from '../db/database.ts'
import { isStatementError } from '../db/statement-error.ts'
import { HelixError } from '../errors.ts'
import { createLru } from '../lru.ts'
import type { Claims } from '../signin/claims.ts'
import type { Person } from './person.ts'

const FOREIGN_KEY_VIOLATION = '23503'

/** What is known of a person from the first sight on, until their standing changes. */
interface Arrival {
  actor: string
  creator: boolean
  /** Whether every route of ours is closed to them. */
  suspended: boolean
  /** Until when sign-in is closed to them, in ms since 1970; 0 when it is open. */
  bannedUntil: number
  /** Whether their sessions must have proved a second factor. */
  secondFactor: boolean
}

export interface People {
  /** Whose installation this is; null when nobody is named. It changes with `setCreator`. */
  readonly creatorId: string | null
  /** Whether the installation is this person's: the one place that decides it. */
  isCreator(userId: string): boolean
  /**
   * Gives a person, at first sight, a profile and a pseudonym; later calls answer from memory.
   * @throws HelixError `unauthorized` when there is no such user any more or they are banned, `account_suspended`
   */
  arrive(userId: string): Promise<Pick<Arrival, 'actor' | 'creator'>>
  /**
   * The person behind verified claims.
   * @throws HelixError `unauthorized`, `account_suspended`, `second_factor_required`
   */
  fromClaims(claims: Claims): Promise<Person>
  /** The person of this id, outside any session. @throws HelixError `unauthorized`, `account_suspended` */
  byId(userId: string): Promise<Person>
  /** The creator, as the private socket acts. @throws HelixError `precondition_failed` when nobody is creator. */
  owner(): Promise<Person>
  /** Forgets what is remembered of a person, as after their standing changed or their account is gone. */
  forget(userId: string): void
  /** Takes in whose installation this is from now on. */
  setCreator(userId: string | null): void
  /** Forgets everybody, as when it may have been missed that somebody's standing changed. */
  forgetAll(): void
}

interface PeopleOptions {
  /** User id of the creator, from the configuration or from `ensureOwner`. */
  creatorId: string | null
  /** How many people to remember. */
  remembered?: number
}

/** Makes {@link People} over a migrated database. */
export function createPeople(db: Database, options: PeopleOptions): People {
  const { remembered = 10_000 } = options
  let { creatorId } = options
  let seen = createLru<string, Arrival>(remembered)
  let changes = 0

  const isCreator = (userId: string) => userId === creatorId

  async function look(userId: string): Promise<Arrival> {
    const known = seen.get(userId)
    if (known) return known
    const before = changes
    const arrival = await firstSight(db, userId, isCreator(userId))
    // What was read while somebody's standing changed may be from before.
    if (changes === before) seen.set(userId, arrival)
    return arrival
  }

  async function arrive(userId: string) {
    const { actor, creator, suspended, bannedUntil } = await look(userId)
    if (bannedUntil > Date.now()) throw banned()
    if (suspended) throw accountSuspended()
    return { actor, creator }
  }

  async function byId(userId: string): Promise<Person> {
    const claims = { sub: userId, role: 'authenticated', aud: 'authenticated' }
    return { userId, ...(await arrive(userId)), sessionId: null, email: null, claims }
  }

  return {
    get creatorId() {
      return creatorId
    },
    isCreator,
    arrive,
    byId,
    async fromClaims(claims) {
      const arrival = await arrive(claims.sub)
      const { secondFactor } = await look(claims.sub)
      if (secondFactor && claims.aal !== 'aal2') throw secondFactorRequired()
      const email = claims.email || null
      return { userId: claims.sub, ...arrival, sessionId: claims.session_id ?? null, email, claims }
    },
    async owner() {
      if (creatorId === null) throw nobodyIsCreator()
      return byId(creatorId)
    },
    forget(userId) {
      changes += 1
      seen.delete(userId)
    },
    setCreator(userId) {
      changes += 1
      for (const one of [creatorId, userId]) if (one !== null) seen.delete(one)
      creatorId = userId
    },
    forgetAll() {
      changes += 1
      seen = createLru(remembered)
    },
  }
}

type Standing = { suspended: boolean; kind: string | null; until: Date | null; enrolled: boolean }

async function firstSight(db: Database, userId: string, creator: boolean): Promise<Arrival> {
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

/** Nobody has this account any more. */
export function noAccount(): HelixError {
  return new HelixError('unauthorized', 'The account of this access token no longer exists', {
    hint: 'Sign in again with `helix login`.',
    next: ['helix login'],
  })
}

function banned(): HelixError {
  return new HelixError('unauthorized', 'The account of this access token is banned', {
    hint: 'Whoever administers this Helix can lift the ban.',
    details: { reason: 'banned' },
  })
}

/** Every route of ours is closed to this person until somebody ends their suspension. */
export function accountSuspended(message = 'This account is suspended'): HelixError {
  return new HelixError('account_suspended', message, {
    hint: 'Whoever administers this Helix can end the suspension.',
    details: { reason: 'suspended' },
  })
}

function secondFactorRequired(): HelixError {
  return new HelixError(
    'second_factor_required',
    'This account has a second factor, which this session has not proved',
    {
      hint: 'Sign in again with `helix login`, which asks for the code; a page asks for it by `auth.mfa`.',
      next: ['helix login'],
    },
  )
}

function nobodyIsCreator(): HelixError {
  return new HelixError('precondition_failed', 'This installation has no creator', {
    hint: 'Name one with `helix user creator <email>`.',
    next: ['helix user creator <email>'],
  })
}
