import { randomBytes } from 'node:crypto'
import type { Audit } from '../audit/audit.ts'
import type { BeginLoadTestRequest, LoadTestPeople, LoadTestRemoval } from '../contract/admin/loadtest.ts'
import { TOKEN_LIFE } from '../contract/tokens.ts'
import type { Database } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import type { AccessTokens } from '../signin/access-tokens/access-tokens.ts'
import type { Erase } from './deletion/erasure.ts'
import type { People } from './people.ts'
import type { TestPasses } from './test-passes.ts'

/** Where their addresses are: a name nobody can ever have (RFC 2606). */
const DOMAIN = 'loadtest.invalid'
/** A run: when it began, in seconds, and eight characters nobody guesses. */
const RUN = /^[0-9a-z]{6,9}-[0-9a-f]{8}$/
/** As many as are removed by one request. */
const AT_ONCE = 20
/** Another gateway may just be making somebody who has no token yet; it takes less than this, in seconds. */
const MAKING_S = 600

interface TestPeopleDeps {
  db: Database
  audit: Pick<Audit, 'act'>
  people: Pick<People, 'byId' | 'forget'>
  accessTokens: Pick<AccessTokens, 'create'>
  erase: Erase
  passes: Pick<TestPasses, 'make'>
  /** Makes an account with this address that nobody knows a password of; resolves to its id. */
  create(email: string): Promise<string>
  /** Deletes an account. */
  remove(userId: string): Promise<void>
}

export type TestPeople = ReturnType<typeof createTestPeople>

/** Throw-away people for load tests: made at once, with tokens that end, and removed with all they wrote. */
export function createTestPeople(deps: TestPeopleDeps) {
  const { db, audit } = deps
  let making = false

  return {
    /** @throws HelixError `load_test_busy` while others are being made; `signin_unavailable`, `audit_unavailable` */
    async begin(
      actor: string,
      { people, seconds, simulated }: BeginLoadTestRequest,
    ): Promise<LoadTestPeople> {
      if (making) throw busy()
      making = true
      try {
        await removeLeftOver(deps, actor)
        const run = `${Math.floor(Date.now() / 1_000).toString(36)}-${randomBytes(4).toString('hex')}`
        const data = { run, people, simulated }
        const entry = { channel: 'commands', kind: 'loadtest.people.start', actor, data } as const
        return await audit
          .act(entry, () => make(deps, { run, people, seconds, simulated }))
          .catch(async (thrown: unknown) => {
            // Nobody got their tokens. Those who cannot be removed now are left over.
            await removeAll(deps, actor, run, await peopleOf(db, `${run}-%`)).catch(() => {})
            throw thrown
          })
      } finally {
        making = false
      }
    },

    /** Removes some of a run, until nobody is left. @throws HelixError `not_found` for what names no run */
    async end(actor: string, run: string): Promise<LoadTestRemoval> {
      if (!RUN.test(run)) throw noRun()
      const all = await peopleOf(db, `${run}-%`)
      if (all.length === 0) return { removed: 0, left: 0 }
      return removeSome(deps, actor, run, all)
    },
  }
}

interface Wanted extends BeginLoadTestRequest {
  run: string
}

async function make(
  { create, people, accessTokens, passes }: TestPeopleDeps,
  { run, people: count, seconds, simulated }: Wanted,
): Promise<LoadTestPeople> {
  const expiresIn = Math.max(TOKEN_LIFE.shortest, seconds)
  const expiresAt = new Date(Date.now() + expiresIn * 1_000)
  // A token that outlived its pass would ask Claude itself, at the end of a test that was meant to cost nothing.
  const passEndsAt = new Date(expiresAt.getTime() + MAKING_S * 1_000)
  const made: Pick<LoadTestPeople, 'tokens' | 'passes'> = { tokens: [], passes: [] }
  for (let number = 1; number <= count; number += 1) {
    const userId = await create(`${run}-${number}@${DOMAIN}`)
    const person = await people.byId(userId)
    const request = { name: `load test ${run}`, scopes: ['read', 'chat'] as ('read' | 'chat')[], expiresIn }
    made.tokens.push((await accessTokens.create(person, request)).token)
    made.passes.push(passes.make({ userId, simulated, expiresAt: passEndsAt }))
  }
  return { run, expiresAt: expiresAt.toISOString(), ...made }
}

/** Those of a test that was killed, once their tokens have ended: until then a test may be at work with them. */
async function removeLeftOver(deps: TestPeopleDeps, actor: string): Promise<void> {
  await removeAll(deps, actor, 'left over', await peopleOf(deps.db, '%', LEFT_OVER, [MAKING_S]))
}

async function removeAll(deps: TestPeopleDeps, actor: string, run: string, all: string[]): Promise<void> {
  for (let from = 0; from < all.length; from += AT_ONCE)
    await removeSome(deps, actor, run, all.slice(from, from + AT_ONCE))
}

async function removeSome(
  { audit, erase, remove, people }: TestPeopleDeps,
  actor: string,
  run: string,
  all: readonly string[],
): Promise<LoadTestRemoval> {
  const some = all.slice(0, AT_ONCE)
  const data = { run, people: some.length }
  await audit.act({ channel: 'commands', kind: 'loadtest.remove.start', actor, data }, async () => {
    for (const userId of some) {
      await erase(userId)
      await remove(userId)
      people.forget(userId)
    }
  })
  return { removed: some.length, left: all.length - some.length }
}

const LEFT_OVER = `and p.created_at <= now() - make_interval(secs => $3) and not exists (
  select from public.access_tokens t
  where t.user_id = p.user_id and t.revoked_at is null and t.expires_at > now())`

/** Ids of throw-away people alone, whatever the pattern. */
async function peopleOf(
  db: Database,
  pattern: string,
  more = '',
  values: readonly number[] = [],
): Promise<string[]> {
  const throwAway = `^[0-9a-z]{6,9}-[0-9a-f]{8}-[0-9]+@${DOMAIN.replace('.', '\\.')}$`
  const rows = await db.query<{ user_id: string }>(
    `select user_id from helix.signins(null) p where email like $1 and email ~ $2 ${more} order by email`,
    [`${pattern}@${DOMAIN}`, throwAway, ...values],
  )
  return rows.map(({ user_id }) => user_id)
}

function noRun(): HelixError {
  return new HelixError('not_found', 'No load test has that name', {
    hint: 'POST /api/admin/loadtest answers the name as `run`.',
  })
}

function busy(): HelixError {
  return new HelixError('load_test_busy', 'People are being made for another load test', {
    hint: 'Wait until it has begun, then try again.',
  })
}
