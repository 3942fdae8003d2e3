import type { Client } from '../../../../src/client/client.ts'
import type { Message, MessagePage } from '../../../../src/contract/chat.ts'
import { codeOf } from '../../../../src/errors.ts'
import { isOpen } from './stretch.ts'

/** Messages read at once. */
const PAGE = 60
/** Messages around one that was looked for. */
const AROUND = 61

/**
 * Reads the newest messages of a conversation, or those around one. A message that is on another branch brings that
 * branch with it: whoever looks for it wants to see it.
 */
export async function readPage(
  client: Pick<Client, 'messages' | 'conversations'>,
  sessionKey: string,
  around: string | undefined,
): Promise<MessagePage> {
  if (around === undefined) return client.messages(sessionKey, { limit: PAGE })
  const place = { around, limit: AROUND }
  return client.messages(sessionKey, place).catch(async (error) => {
    if (codeOf(error) !== 'message_not_found') throw error
    await client.conversations.show(sessionKey, around)
    return client.messages(sessionKey, place)
  })
}

/** Reads the page before, or after, a cursor that came with another. */
export function readMore(
  client: Pick<Client, 'messages'>,
  sessionKey: string,
  direction: 'older' | 'newer',
  cursor: string,
): Promise<MessagePage> {
  const place = direction === 'older' ? { before: cursor } : { after: cursor }
  return client.messages(sessionKey, { ...place, limit: PAGE })
}

/** What a device may keep of messages: no secret, and no reply that has not ended. */
export function keepable(messages: readonly Message[]): Message[] {
  return messages.filter((message, index) => !isOpen(message) && !messages[index - 1]?.secretNext)
}
