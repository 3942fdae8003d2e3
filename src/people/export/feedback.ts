import type { Database } from '../../db/database.ts'
import { type FeedbackRow, toFeedback } from '../../feedback/feedback.ts'
import { paged } from './json-list.ts'

const MOST = 1_000

/** What a person thought of replies, by the reply. */
export async function* feedbackPages(db: Database, userId: string) {
  const pages = paged<FeedbackRow>((last) =>
    db.query(FEEDBACK, [userId, last?.message_id ?? '00000000-0000-0000-0000-000000000000', MOST]),
  )
  for await (const page of pages) yield page.map(toFeedback)
}

// By the unique index of both.
const FEEDBACK = `
  select message_id, rating, comment, created_at, updated_at from public.feedback
  where user_id = $1 and message_id > $2 order by message_id limit $3`
