import { HelixError } from '../../src/errors.ts'
import { findAccount } from '../../src/people/creator.ts'
import type { Context } from '../context.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The pseudonym that the log knows a person by. @throws HelixError `not_found` */
export async function actorOf(context: Context, who: string): Promise<string> {
  if (/^person:[\w-]{1,100}$/.test(who)) return who
  const db = await context.existingDatabase()
  if (!db) throw nobody(who)
  const userId = UUID.test(who) ? who.toLowerCase() : (await findAccount(db, who)).userId
  const [row] = await db.query<{ actor: string }>(
    'select actor from public.audit_actors where user_id = $1',
    [userId],
  )
  if (!row) throw nobody(who)
  return row.actor
}

function nobody(who: string): HelixError {
  return new HelixError('not_found', `The log has no pseudonym for ${who.slice(0, 100)}`, {
    hint: 'Name an address or a user id of the database of this environment, or a pseudonym: person:….',
    next: ['helix user list'],
  })
}
