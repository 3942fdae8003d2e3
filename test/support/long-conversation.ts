import { randomUUID } from 'node:crypto'
import type { TestGateway } from './gateway.ts'

const BATCH = 500

/**
 * A conversation of `count` messages that follow each other, a person's and a reply in turn, as if they had been said;
 * answers its key and their ids, oldest first.
 */
export async function seedConversation(
  { db }: Pick<TestGateway, 'db'>,
  userId: string,
  count: number,
  contentOf: (index: number) => string,
): Promise<{ sessionKey: string; ids: string[] }> {
  const sessionKey = randomUUID()
  const ids = Array.from({ length: count }, () => randomUUID())
  await db.query(
    `insert into public.conversations (user_id, session_key, title) values ($1, $2, 'A long conversation')`,
    [userId, sessionKey],
  )
  for (let from = 0; from < count; from += BATCH) {
    const part = ids.slice(from, from + BATCH)
    await db.query(
      `insert into public.session_messages (id, user_id, session_key, role, content, status, parent_id)
       select id, $1, $2, case when n % 2 = 1 then 'user' else 'assistant' end, content, 'complete', parent
       from unnest($3::uuid[], $4::uuid[], $5::text[]) with ordinality as line(id, parent, content, n) order by n`,
      [
        userId,
        sessionKey,
        part,
        part.map((_, index) => ids[from + index - 1] ?? null),
        part.map((_, index) => contentOf(from + index)),
      ],
    )
  }
  await db.query('update public.conversations set active_message_id = $1 where session_key = $2', [
    ids.at(-1) ?? null,
    sessionKey,
  ])
  return { sessionKey, ids }
}
