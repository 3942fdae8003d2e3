import type { Conversation, ConversationPage, MessagePage } from '../contract/chat.ts'
import type { Http } from './http.ts'
import { asQuery } from './query.ts'

/** A page of a list: `before` as the last page gave it. */
export interface Page {
  before?: string
  limit?: number
}

/** A page of a conversation: the newest, or one beside another by its cursors, or around a message. */
export interface MessagePlace extends Page {
  after?: string
  around?: string
}

/** The caller's own conversations. */
export interface Conversations {
  /** Newest first. */
  list(page?: Page): Promise<ConversationPage>
  /** @throws HelixError `conversation_not_found` for unknown and foreign keys alike. */
  get(sessionKey: string): Promise<Conversation>
  rename(sessionKey: string, title: string): Promise<Conversation>
  /** Shows the branch `messageId` is of, to its end, on every device. */
  show(sessionKey: string, messageId: string): Promise<Conversation>
  remove(sessionKey: string): Promise<void>
}

/** Makes the conversations of one connection. */
export function createConversations(http: Http): Conversations {
  return {
    list: (page = {}) => http.json(`/api/conversations${asQuery(page)}`),
    get: (sessionKey) => http.json(conversationPath(sessionKey)),
    rename: (sessionKey, title) =>
      http.json(conversationPath(sessionKey), { method: 'PATCH', body: { title } }),
    show: (sessionKey, activeMessageId) =>
      http.json(conversationPath(sessionKey), { method: 'PATCH', body: { activeMessageId } }),
    async remove(sessionKey) {
      await http.json(conversationPath(sessionKey), { method: 'DELETE' })
    },
  }
}

/** One page of a conversation's active path, oldest message first; the newest page comes first. */
export function fetchMessages(http: Http, sessionKey: string, page: MessagePlace = {}): Promise<MessagePage> {
  return http.json(`${conversationPath(sessionKey)}/messages${asQuery(page)}`)
}

/** The path of a conversation's routes. */
export function conversationPath(sessionKey: string): string {
  return `/api/conversations/${encodeURIComponent(sessionKey)}`
}
