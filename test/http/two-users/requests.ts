import type { Things } from './things.ts'

/** What a call names: parts of its path, its query, its body. */
export interface Naming {
  params?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
}

const inConversation = ({ sessionKey }: Things): Naming => ({ params: { key: sessionKey } })
const ofReply = ({ generationId }: Things): Naming => ({ params: { id: generationId } })

/**
 * How each operation that takes an id names things, by operationId. One that takes none needs no line here: it is
 * asked as it is, and must show and change nothing of another person's.
 */
export const NAMINGS: Readonly<Record<string, (things: Things) => Naming>> = {
  sendMessage: ({ sessionKey }) => ({ body: { message: 'Hello', sessionKey } }),
  editMessage: ({ sessionKey, userMessageId }) => ({
    params: { key: sessionKey },
    body: { messageId: userMessageId, message: 'Hello again' },
  }),
  regenerateReply: ({ sessionKey, replyId }) => ({
    params: { key: sessionKey },
    body: { messageId: replyId },
  }),
  followReply: ofReply,
  stopReply: ofReply,
  getConversation: inConversation,
  listMessages: inConversation,
}

/** Operations that make what they are asked for by an id nobody has, so that only another's id can be refused. */
export const MAKES_UNKNOWN: ReadonlySet<string> = new Set(['sendMessage'])
