import { appendEntries, auditHead } from '../audit/append.ts'
import type { Feedback, FeedbackRequest } from '../contract/feedback.ts'
import type { Database, Row, Transaction } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import type { Person } from '../people/person.ts'

interface FeedbackDeps {
  db: Database
  /** The audit log's id. */
  log: string
  /** Told of each rating that was given; not of one that was taken back. */
  onGiven: (rating: Feedback['rating']) => void
}

export interface FeedbackRow extends Row {
  message_id: string
  rating: Feedback['rating']
  comment: string | null
  created_at: Date
  updated_at: Date
}

export type FeedbackBook = ReturnType<typeof createFeedback>

/** What people think of the replies they were given. */
export function createFeedback({ db, log, onGiven }: FeedbackDeps) {
  return {
    /**
     * Takes the place of what the person said of the reply before; resolves to null once they took it back.
     * @throws HelixError `message_not_found` for what is no reply of theirs
     */
    async give(person: Pick<Person, 'userId' | 'actor'>, given: FeedbackRequest): Promise<Feedback | null> {
      const row = await db.transaction('gateway', (tx) => write(tx, log, person, given))
      if (row) onGiven(row.rating)
      return row ? toFeedback(row) : null
    },

    /** Of the replies of one conversation. @throws HelixError `conversation_not_found` */
    async of(userId: string, sessionKey: string): Promise<Feedback[]> {
      const [talk] = await db.query(
        'select 1 as there from public.conversations where user_id = $1 and session_key = $2 and not deleted',
        [userId, sessionKey],
      )
      if (!talk) throw noConversation(sessionKey)
      const rows = await db.query<FeedbackRow>(OF_CONVERSATION, [userId, sessionKey])
      return rows.map(toFeedback)
    },
  }
}

/** With its line on the chain, in one transaction: the rating, and not a word of the comment. */
async function write(
  tx: Transaction,
  log: string,
  { userId, actor }: Pick<Person, 'userId' | 'actor'>,
  { messageId, rating, comment = '' }: FeedbackRequest,
): Promise<FeedbackRow | undefined> {
  const [reply] = await tx.query(REPLY, [userId, messageId])
  if (!reply) throw noReply(messageId)
  const [row] =
    rating === null
      ? await tx.query<FeedbackRow>('delete from public.feedback where user_id = $1 and message_id = $2', [
          userId,
          messageId,
        ])
      : await tx.query<FeedbackRow>(UPSERT, [userId, messageId, rating, comment === '' ? null : comment])
  const kind = rating === null ? 'feedback.withdrawn' : 'feedback.given'
  const data = rating === null ? {} : { rating, commented: comment !== '' }
  await appendEntries(tx, [auditHead(log, { channel: 'api', kind, actor, data }, new Date())])
  return row
}

const REPLY = `
  select 1 as there from public.session_messages m
  join public.conversations c on c.user_id = m.user_id and c.session_key = m.session_key
  where m.user_id = $1 and m.id = $2 and m.role = 'assistant' and not c.deleted
  for share of m`

const UPSERT = `
  insert into public.feedback as f (user_id, message_id, rating, comment) values ($1, $2, $3, $4)
  on conflict (user_id, message_id) do update
  set rating = excluded.rating, comment = excluded.comment, updated_at = now()
  returning message_id, rating, comment, created_at, updated_at`

const OF_CONVERSATION = `
  select f.message_id, f.rating, f.comment, f.created_at, f.updated_at
  from public.feedback f join public.session_messages m on m.id = f.message_id
  where f.user_id = $1 and m.user_id = $1 and m.session_key = $2
  order by f.updated_at desc, f.id desc`

export function toFeedback(row: FeedbackRow): Feedback {
  return {
    messageId: row.message_id,
    rating: row.rating,
    comment: row.comment,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}

function noReply(id: string): HelixError {
  return new HelixError('message_not_found', `No reply ${id} in your conversations`, {
    hint: 'Feedback is about a reply: take the `id` of a message whose role is assistant.',
  })
}

function noConversation(key: string): HelixError {
  return new HelixError('conversation_not_found', `No conversation ${key}`, {
    hint: 'GET /api/conversations lists yours.',
  })
}
