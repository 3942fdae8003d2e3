import { HelixError } from '../../../../src/errors.ts'
import type { Deliver } from '../../sync/outbox.ts'
import type { Replies } from './replies.ts'

/**
 * Delivers a message of the outbox and goes on following its reply. While another reply is written in the conversation
 * it refuses as the gateway would, without asking it.
 */
export function deliverAndFollow(replies: Pick<Replies, 'take' | 'isOpen'>): Deliver {
  return async ({ clientMessageId, sessionKey, content, model, writtenAt }) => {
    if (replies.isOpen(sessionKey)) {
      throw new HelixError('conversation_busy', 'This conversation already has a reply under way')
    }
    await replies.take({
      kind: 'send',
      sessionKey,
      content,
      clientMessageId,
      ...(model === undefined ? {} : { model }),
      ...(writtenAt === undefined ? {} : { writtenAt }),
    })
  }
}
