import type { Database } from '../db/database.ts'
import { createLru } from '../lru.ts'
import type { Claims } from '../signin/claims.ts'
import { type Arrival, firstSight } from './first-sight.ts'
import type { Person } from './person.ts'
import { accountSuspended, banned, nobodyIsCreator, secondFactorRequired } from './refusals.ts'

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
