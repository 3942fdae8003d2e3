import { z } from 'zod'
import type { SignedInSession } from '../contract/sessions.ts'
import type { Database, Row } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import type { Person } from '../people/person.ts'
import type { Revocations } from './revocations.ts'
import { endSessions } from './sign-out.ts'

interface SessionRow extends Row {
  id: string
  created_at: Date
  last_used_at: Date
  user_agent: string | null
  address: string | null
  second_factor: boolean
}

type Owner = Pick<Person, 'userId' | 'sessionId'>

export type SignedIn = ReturnType<typeof createSignedIn>

/** Where people are signed in, for themselves to see and to end. Only with the built-in sign-in, whose tables these are. */
export function createSignedIn({ db, revocations }: { db: Database; revocations: Pick<Revocations, 'add'> }) {
  return {
    /** Those that can go on, latest used first. */
    async list({ userId, sessionId }: Owner): Promise<SignedInSession[]> {
      const rows = await db.query<SessionRow>(
        `select s.id, s.created_at, coalesce(s.refreshed_at, s.created_at) as last_used_at, s.user_agent,
           host(s.ip) as address, coalesce(s.aal, 'aal1') <> 'aal1' as second_factor
         from auth.sessions s
         where s.user_id = $1 and coalesce(s.not_after > now(), true)
           and exists (select from auth.refresh_tokens t where t.session_id = s.id and not t.revoked)
         order by last_used_at desc, s.id limit 200`,
        [userId],
      )
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.created_at.toISOString(),
        lastUsedAt: row.last_used_at.toISOString(),
        userAgent: row.user_agent,
        address: row.address,
        secondFactor: row.second_factor,
        current: row.id === sessionId,
      }))
    },

    /** @throws HelixError `session_not_found` when it is another's, unknown, or ended already */
    async end({ userId }: Pick<Owner, 'userId'>, id: string): Promise<void> {
      if (!z.uuid().safeParse(id).success) throw sessionNotFound(id)
      const ended = await endSessions(db, userId, id, 'local')
      if (ended.length === 0) throw sessionNotFound(id)
      revocations.add(ended)
    },
  }
}

function sessionNotFound(id: string): HelixError {
  return new HelixError('session_not_found', `No signed-in device ${id.slice(0, 80)}`, {
    hint: 'List yours with GET /api/sessions.',
  })
}
