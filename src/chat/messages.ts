import type { ListMessagesQuery, Message, MessagePage } from '../contract/chat.ts'
import type { Database, Row } from '../db/database.ts'
import { conversationNotFound, messageNotFound, notACursor } from './conversations.ts'
import { type MessageRow, toMessage } from './message.ts'

interface LineRow extends Row {
  line: MessageRow
  siblings: string[]
}

interface PlacedRow extends LineRow {
  /** From the message that was asked around; newer ones are below zero. */
  distance: number
}

/** A person's messages, seen through row-level security. */
export function createMessages(db: Database) {
  const read = (userId: string, key: string, leaf: string | null, most: number, all: boolean) =>
    db.query<LineRow>('select * from helix.read_messages($1, $2, $3, $4, $5)', [userId, key, leaf, most, all])

  return {
    /**
     * One page of a conversation, oldest first within the page; the newest page comes first.
     * @throws HelixError `conversation_not_found`, `request_invalid` for a cursor this did not give out,
     * `message_not_found` where `around` names no message of the line that is shown
     */
    async list(userId: string, sessionKey: string, request: ListMessagesQuery): Promise<MessagePage> {
      const { limit, before, after, around, all } = request
      if (around !== null) {
        const later = Math.floor((limit - 1) / 2)
        const page = await readAround(db, userId, sessionKey, around, limit - 1 - later, later)
        if (page) return page
        await assertConversation(db, userId, sessionKey)
        throw messageNotFound(around)
      }
      if (after !== null) {
        const page = await readAround(db, userId, sessionKey, after, -1, limit)
        if (page) return page
        await assertConversation(db, userId, sessionKey)
        throw notACursor(after)
      }
      const parent = before === null ? null : await parentOf(db, userId, sessionKey, before)
      if (before !== null && parent === null && !all) return { messages: [], before: null, after: null }
      const leaf = all ? before : parent
      const rows = await read(userId, sessionKey, leaf, limit + 1, all)
      if (rows.length === 0 && before === null) await assertConversation(db, userId, sessionKey)
      const page = rows.slice(0, limit).map(({ line, siblings }) => toMessage(line, siblings))
      page.reverse()
      return {
        messages: page,
        before: rows.length > limit ? (page[0]?.id ?? null) : null,
        after: before === null || all ? null : (page.at(-1)?.id ?? null),
      }
    },

    /** The message, or undefined when it is not this person's, or not there. */
    async find(userId: string, sessionKey: string, id: string): Promise<Message | undefined> {
      const [row] = await read(userId, sessionKey, id, 1, false)
      return row && toMessage(row.line, row.siblings)
    },
  }
}

export type Messages = ReturnType<typeof createMessages>

/**
 * The line that is shown around one of its messages; undefined when it is not on that line.
 * @param earlier how many before it; with -1 it is left out itself
 * @param later how many after it
 */
async function readAround(
  db: Database,
  userId: string,
  key: string,
  id: string,
  earlier: number,
  later: number,
): Promise<MessagePage | undefined> {
  const rows = await db.query<PlacedRow>('select * from helix.read_messages_around($1, $2, $3, $4, $5)', [
    ...[userId, key, id],
    ...[earlier + 1, later + 1],
  ])
  if (rows.length === 0) return undefined
  const within = rows.filter(({ distance }) => distance <= earlier && distance >= -later)
  const messages = within.map(({ line, siblings }) => toMessage(line, siblings)).reverse()
  return {
    messages,
    before: rows.some(({ distance }) => distance > earlier) ? (messages[0]?.id ?? null) : null,
    after: rows.some(({ distance }) => distance < -later) ? (messages.at(-1)?.id ?? null) : null,
  }
}

/** What `id` answers or goes on from; null for a first message. @throws HelixError when there is no such message. */
async function parentOf(db: Database, userId: string, key: string, id: string): Promise<string | null> {
  const [row] = await db.query<{ parent_id: string | null }>(
    `select m.parent_id from public.session_messages m
     join public.conversations c on c.user_id = m.user_id and c.session_key = m.session_key and not c.deleted
     where m.id = $1 and m.user_id = $2 and m.session_key = $3`,
    [id, userId, key],
  )
  if (row) return row.parent_id
  await assertConversation(db, userId, key)
  throw notACursor(id)
}

async function assertConversation(db: Database, userId: string, key: string): Promise<void> {
  const rows = await db.query('select 1 from helix.read_conversations($1, $2, null, null, 1)', [userId, key])
  if (rows.length === 0) throw conversationNotFound(key)
}
