import type { AdminFeedbackPage, PageQuery } from '../contract/admin/reports.ts'
import type { Database } from '../db/database.ts'
import { type FeedbackRow, toFeedback } from './feedback.ts'

interface ReceivedRow extends FeedbackRow {
  id: string
  user_id: string
  model: string | null
}

/** One page of everyone's feedback, latest change first. It is of replies, whose text stays where it is. */
export async function receivedFeedback(
  db: Database,
  { before, limit }: PageQuery,
): Promise<AdminFeedbackPage> {
  const [rows, [totals]] = await Promise.all([
    db.query<ReceivedRow>(PAGE, [before ?? null, limit]),
    db.query<{ up: number; down: number }>(
      `select count(*) filter (where rating = 'up') as up, count(*) filter (where rating = 'down') as down
       from public.feedback`,
    ),
  ])
  return {
    feedback: rows.map((row) => ({ ...toFeedback(row), userId: row.user_id, model: row.model })),
    totals: totals ?? { up: 0, down: 0 },
    before: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
  }
}

const PAGE = `
  select f.id, f.user_id, f.message_id, f.rating, f.comment, f.created_at, f.updated_at, m.model
  from public.feedback f join public.session_messages m on m.id = f.message_id
  where $1::uuid is null
    or (f.updated_at, f.id) < (select b.updated_at, b.id from public.feedback b where b.id = $1)
  order by f.updated_at desc, f.id desc limit $2`
