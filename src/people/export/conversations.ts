import { type MessageRow, toMessage } from '../../chat/message.ts'
import type { Database, Row } from '../../db/database.ts'
import { type JsonPieces, jsonList, jsonObject, paged } from './json-list.ts'

/** What a page of messages may hold: this many, and this many characters beyond the first. */
const MOST_MESSAGES = 500
const MOST_CHARACTERS = 500_000
const MOST_CONVERSATIONS = 50

interface ConversationRow extends Row {
  session_key: string
  title: string | null
  deleted: boolean
  active_message_id: string | null
  created_at: Date
  updated_at: Date
  last_message_at: Date | null
  memory_block: string | null
  summaries: { uptoMessageId: string; content: string; model: string; createdAt: string }[]
}

interface PositionedRow extends Row {
  position: number
  line: MessageRow & { metadata: unknown }
}

/** A person's conversations with every branch, as a JSON list; of messages those up to `ceiling`. */
export async function* conversationsJson(db: Database, userId: string, ceiling: number): JsonPieces {
  let separator = '['
  const pages = paged<ConversationRow>((last) =>
    db.query(CONVERSATIONS, [userId, last?.session_key ?? '', MOST_CONVERSATIONS]),
  )
  for await (const page of pages) {
    for (const row of page) {
      yield separator
      separator = ','
      const messages = jsonList(messagePages(db, userId, row.session_key, ceiling))
      yield* jsonObject(toConversation(row), 'messages', messages)
    }
  }
  yield separator === '[' ? '[]' : ']'
}

async function* messagePages(db: Database, userId: string, key: string, ceiling: number) {
  const pages = paged<PositionedRow>((last) =>
    db.query(MESSAGES, [userId, key, last?.position ?? -1, ceiling, MOST_MESSAGES, MOST_CHARACTERS]),
  )
  for await (const page of pages) {
    yield page.map(({ line }) => {
      const { siblings: _, sessionKey: __, ...message } = toMessage(line, [])
      return { ...message, metadata: line.metadata }
    })
  }
}

const CONVERSATIONS = `
  select c.session_key, c.title, c.deleted, c.active_message_id, c.created_at, c.updated_at, c.last_message_at,
    c.memory_block, coalesce((
      select jsonb_agg(jsonb_build_object(
        'uptoMessageId', s.upto_message_id, 'content', s.content, 'model', s.model, 'createdAt', s.created_at)
        order by s.created_at, s.id)
      from public.conversation_summaries s
      where s.user_id = c.user_id and s.session_key = c.session_key), '[]') as summaries
  from public.conversations c
  where c.user_id = $1 and c.session_key > $2
  order by c.session_key limit $3`

// By idx_session_messages_conversation; the first of a page comes whatever its length.
const MESSAGES = `
  select w.position, to_jsonb(m) as line
  from (
    select n.id, n.position, sum(length(n.content)) over (order by n.position) - length(n.content) as before
    from (
      select id, position, content from public.session_messages
      where user_id = $1 and session_key = $2 and position > $3 and position <= $4
      order by position limit $5
    ) n
  ) w join public.session_messages m on m.id = w.id
  where w.before < $6
  order by w.position`

function toConversation(row: ConversationRow) {
  return {
    sessionKey: row.session_key,
    title: row.title,
    deleted: row.deleted,
    activeMessageId: row.active_message_id,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    lastMessageAt: row.last_message_at?.toISOString() ?? null,
    memoryBlock: row.memory_block,
    summaries: row.summaries.map(({ createdAt, ...summary }) => ({
      ...summary,
      createdAt: new Date(createdAt).toISOString(),
    })),
  }
}
