import type { Client } from '../src/client/client.ts'
import { HelixError } from '../src/errors.ts'

/** Key of the conversation written in last. @throws HelixError `conversation_not_found` when there is none. */
export async function lastConversation({ conversations }: Pick<Client, 'conversations'>): Promise<string> {
  const [last] = (await conversations.list({ limit: 1 })).conversations
  if (last) return last.sessionKey
  throw new HelixError('conversation_not_found', 'There is no conversation yet', {
    hint: 'Begin one with `helix ask` or `helix chat`.',
    next: ['helix chat'],
  })
}
