import type { ChangeConversationRequest, Conversation, ConversationPage } from '../contract/chat.ts'
import type { Database, Row } from '../db/database.ts'
import { isStatementError } from '../db/statement-error.ts'
import { HelixError } from '../errors.ts'

/** A conversation as it is stored. */
export interface StoredConversation {
  session_key: string
  title: string | null
  message_count: number
  active_message_id: string | null
  created_at: Date
  updated_at: Date
  last_message_at: Date | null
}

interface ConversationRow extends StoredConversation, Row {
  id: string
  /** When it last saw a message, to the microsecond, as PostgreSQL spells it. */
  activity: string
}

const READ = 'select * from helix.read_conversations($1, $2, $3, $4, $5)'

interface ConversationOptions {
  /** Told for whom something was just committed. */
  onChange: (userId: string) => void
}

/** A person's conversations, seen through row-level security: another's does not exist here. */
export function createConversations(db: Database, { onChange }: ConversationOptions) {
  return {
    /**
     * One page, latest activity first.
     * @param before the cursor of the page before, null for the newest
     * @throws HelixError `request_invalid` for a cursor this did not give out
     */
    async list(
      userId: string,
      { limit, before }: { limit: number; before: string | null },
    ): Promise<ConversationPage> {
      const [at, id] = before === null ? [null, null] : readCursor(before)
      const rows = await db.query<ConversationRow>(READ, [userId, null, at, id, limit + 1]).catch((error) => {
        throw before !== null && isBadValue(error) ? notACursor(before) : error
      })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        conversations: page.map(toConversation),
        before: rows.length > limit && last ? writeCursor(last) : null,
      }
    },

    /** @throws HelixError `conversation_not_found` when it is not this person's, or not there */
    async get(userId: string, sessionKey: string): Promise<Conversation> {
      const [row] = await db.query<ConversationRow>(READ, [userId, sessionKey, null, null, 1])
      if (!row) throw conversationNotFound(sessionKey)
      return toConversation(row)
    },

    /**
     * Gives it another title, or shows the branch that `activeMessageId` is of, to its end.
     * @throws HelixError `conversation_not_found`, `message_not_found`
     */
    async change(
      userId: string,
      sessionKey: string,
      { title, activeMessageId }: ChangeConversationRequest,
    ): Promise<Conversation> {
      const [row] = await db.query<{ outcome: string }>(
        'select helix.change_conversation($1, $2, $3, $4) as outcome',
        [userId, sessionKey, title ?? null, activeMessageId ?? null],
      )
      if (row?.outcome === 'message_not_found') throw messageNotFound(activeMessageId ?? '')
      if (row?.outcome !== 'changed') throw conversationNotFound(sessionKey)
      onChange(userId)
      return this.get(userId, sessionKey)
    },

    /**
     * Deletes it for good. Resolves to the generations that were under way in it and are now to be ended.
     * @throws HelixError `conversation_not_found`, also when it was deleted before
     */
    async remove(userId: string, sessionKey: string): Promise<string[]> {
      const [row] = await db.query<{ open: string[] | null }>(
        'select helix.delete_conversation($1, $2) as open',
        [userId, sessionKey],
      )
      if (!row?.open) throw conversationNotFound(sessionKey)
      onChange(userId)
      return row.open
    },
  }
}

export type Conversations = ReturnType<typeof createConversations>

/** The one answer for a message that is not there, another's, or not of this conversation. */
export function messageNotFound(id: string): HelixError {
  return new HelixError('message_not_found', `No message ${id} in this conversation`, {
    hint: 'GET /api/conversations/:key/messages?all=true lists every branch.',
  })
}

/** The one answer for a conversation that is unknown or another's: nothing tells the two apart. */
export function conversationNotFound(sessionKey: string): HelixError {
  return new HelixError('conversation_not_found', `No conversation ${sessionKey}`, {
    hint: 'List yours with GET /api/conversations.',
  })
}

/** The wire form of a stored conversation. */
export function toConversation(row: StoredConversation): Conversation {
  return {
    sessionKey: row.session_key,
    title: row.title,
    messageCount: row.message_count,
    activeMessageId: row.active_message_id,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    lastMessageAt: row.last_message_at?.toISOString() ?? null,
  }
}

function writeCursor(row: ConversationRow): string {
  return Buffer.from(`${row.activity}_${row.id}`).toString('base64url')
}

function readCursor(cursor: string): [string, string] {
  const [at, id] = Buffer.from(cursor, 'base64url').toString().split('_')
  const known = at && id && !Number.isNaN(Date.parse(at)) && /^[0-9a-f-]{36}$/.test(id)
  if (!known) throw notACursor(cursor)
  return [at, id]
}

/** The cursor is of a list's making, or it is refused: here, or by PostgreSQL (a date that is none). */
export function notACursor(cursor: string): HelixError {
  return new HelixError('request_invalid', `"${cursor.slice(0, 80)}" is no cursor of this list`, {
    hint: 'Send `before` exactly as the page before returned it.',
  })
}

/** SQLSTATE class 22: a value that its type cannot hold. */
function isBadValue(error: unknown): boolean {
  return isStatementError(error) && error.code.startsWith('22')
}
