import { randomBytes } from 'node:crypto'
import type { Queryable } from '../db/database.ts'

/**
 * The pseudonym the chain knows a person by, made at first sight. It is random and its only link to the person is
 * a row that goes with the account.
 */
export async function readActor(q: Queryable, userId: string): Promise<string> {
  const [known] = await q.query<{ actor: string }>(
    'select actor from public.audit_actors where user_id = $1',
    [userId],
  )
  if (known !== undefined) return known.actor
  const [made] = await q.query<{ actor: string }>(
    `insert into public.audit_actors (user_id, actor) values ($1, $2) on conflict (user_id) do nothing
     returning actor`,
    [userId, `person-${randomBytes(12).toString('hex')}`],
  )
  return made === undefined ? readActor(q, userId) : made.actor
}

/** Who types a command: `cli:<name>`, the name reduced to what an entry can carry. */
export function cliActor(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\w.@+-]+/g, '-')
    .slice(0, 64)
  return `cli:${plain === '' ? 'unknown' : plain}`
}
