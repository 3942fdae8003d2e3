import type { Message } from '../../../../src/contract/chat.ts'
import type { FeedEvent } from '../../../../src/contract/feed.ts'
import type { Replies } from '../replies/replies.ts'
import { isOpen } from './stretch.ts'

/** Whether an event of a conversation tells what its messages, as they are shown, do not show yet. */
export function isNews(
  event: FeedEvent,
  messages: readonly Message[],
  replies: Pick<Replies, 'of'>,
): boolean {
  if (event.event === 'conversation.switched') return messages.at(-1)?.id !== event.data.activeMessageId
  if (event.event === 'reply.started') return !replies.of(event.data.messageId)
  if (event.event === 'reply.finished') {
    const shown = messages.find(({ id }) => id === event.data.messageId)
    return !replies.of(event.data.messageId) && (!shown || isOpen(shown))
  }
  return false
}
