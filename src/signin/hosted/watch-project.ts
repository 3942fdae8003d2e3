import type { Database } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import type { PeopleChanges } from '../../people/changes.ts'
import type { Follower } from '../access-watch.ts'
import type { Claims } from '../claims.ts'
import type { Revocations } from '../revocations.ts'
import { createSeen } from './seen.ts'

/** What hears of sign-outs and bans that happen at Supabase, where nobody tells us. */
export interface ProjectWatch {
  /** Before a session is let in for the first time in a while: whether it still is one. Later calls cost nothing. */
  admit(claims: Claims): Promise<void>
  close(): void
}

interface ProjectWatchDeps {
  db: Database
  revocations: Pick<Revocations, 'add'>
  changes: Pick<PeopleChanges, 'tell'>
  /** Called for whoever comes again after a while: what is remembered of them may be from before. */
  forget: (userId: string) => void
  /** Who follows something now, however long ago they were let in. */
  followers: () => Iterable<Follower>
  onError: (error: unknown) => void
  pollMs?: number
}

/** Enough for what is lost to be lost within five seconds, with room for a slow answer. */
const POLL_MS = 2000

/**
 * Asks the project's database every two seconds after the sessions and people that came lately or follow something:
 * one query, and none while there is nobody.
 */
export async function watchProject(deps: ProjectWatchDeps): Promise<ProjectWatch> {
  const { db, followers, onError, pollMs = POLL_MS } = deps
  if (!(await canRead(db))) {
    onError(cannotRead())
    return { admit: async () => {}, close: () => {} }
  }
  const seen = createSeen()
  /** What was last heard of everyone who is asked after. */
  const heard = new Map<string, string>()
  let polling = false

  async function ask(sessions: readonly string[], people: readonly string[]): Promise<void> {
    const lost = await db.query<Lost>(
      `select kind, id, until from helix.lost_signins($1::uuid[], $2::uuid[])
      union all select 'enrolled', id, null from helix.with_second_factor($1::uuid[]) as id`,
      [people, sessions],
    )
    deps.revocations.add(lost.filter(({ kind }) => kind === 'ended').map(({ id }) => id))
    for (const person of people) {
      const standing = standingOf(lost.filter(({ id }) => id === person))
      const before = heard.get(person)
      heard.set(person, standing)
      if (before === undefined) deps.forget(person)
      else if (before !== standing) await deps.changes.tell(person)
    }
  }

  async function poll(): Promise<void> {
    for (const { sessionId, userId } of followers()) seen.note(sessionId, userId)
    const { sessions, people } = seen.lately()
    const asked = new Set(people)
    for (const person of heard.keys()) if (!asked.has(person)) heard.delete(person)
    if (people.length > 0) await ask(sessions, people)
  }

  const timer = setInterval(() => {
    if (polling) return
    polling = true
    poll()
      .catch(onError)
      .finally(() => {
        polling = false
      })
  }, pollMs)
  timer.unref()

  return {
    async admit({ sub, session_id: sessionId }) {
      if (!seen.note(sessionId ?? null, sub)) await ask(sessionId ? [sessionId] : [], [sub])
    },
    close: () => clearInterval(timer),
  }
}

type Lost = { kind: string; id: string; until: Date | null }

function standingOf(lost: readonly Lost[]): string {
  return lost
    .map(({ kind, until }) => `${kind} ${until?.getTime()}`)
    .sort()
    .join()
}

async function canRead(db: Database): Promise<boolean> {
  const [row] = await db.query<{ readable: boolean }>('select helix.can_read_signins() as readable')
  return row?.readable ?? false
}

function cannotRead(): HelixError {
  return new HelixError(
    'precondition_failed',
    'The login of SUPABASE_DB_URL may not read auth.users and auth.sessions: sign-outs and bans at Supabase hold here only once the access token has expired',
    { hint: 'Connect as the role postgres of the project, which may.', next: ['helix doctor'] },
  )
}
