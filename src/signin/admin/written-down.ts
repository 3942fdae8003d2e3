import type { Audit } from '../../audit/audit.ts'
import type { Database } from '../../db/database.ts'
import { findByEmail } from '../users.ts'
import type { PersonChanges } from './requests.ts'

/** Whoever holds the service-role key; the chain knows no more of them. */
const ACTOR = 'service-role'

export interface WrittenDownDeps {
  db: Database
  audit: Pick<Audit, 'act'>
}

/**
 * Does something to a person with an entry of the chain before and after it, which names them by their pseudonym.
 * @throws HelixError `audit_unavailable`, and what `act` throws
 */
export async function writtenDown<T>(
  { db, audit }: WrittenDownDeps,
  act: 'create' | 'update' | 'delete' | 'link' | 'invite' | 'unenrol',
  userId: string | null,
  facts: Record<string, unknown>,
  run: () => Promise<T>,
): Promise<T> {
  const person = userId === null ? null : await pseudonymOf(db, userId)
  return audit.act(
    { channel: 'api', kind: `user.${act}.start`, actor: ACTOR, data: { person, ...facts } },
    run,
  )
}

/** Hands out a link: whoever has it may become the person of the address, so it is written down whose it is. */
export async function handedOut<T>(
  deps: WrittenDownDeps,
  act: 'link' | 'invite',
  email: string,
  facts: Record<string, unknown>,
  run: () => Promise<T>,
): Promise<T> {
  const account = await findByEmail(deps.db, email)
  return writtenDown(deps, act, account?.user.id ?? null, facts, run)
}

/** What is changed, never to what: an address or a name is nothing for the chain. */
export function fieldsOf({ banMs, ...changes }: PersonChanges): string[] {
  const fields = Object.entries(changes).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : name,
  )
  if (banMs === undefined) return fields
  return [...fields, banMs === null ? 'unban' : 'ban']
}

/** Null for somebody who never came. */
async function pseudonymOf(db: Database, userId: string): Promise<string | null> {
  const [row] = await db.query<{ actor: string }>(
    'select actor from public.audit_actors where user_id = $1',
    [userId],
  )
  return row?.actor ?? null
}
