import { EditRequest, RegenerateRequest, SendRequest, SendResponse } from '../chat.ts'
import { replyEvents } from '../events.ts'
import type { Answer, Operation } from '../operation.ts'
import { REFUSED_TURNS, UNFINISHED_REPLIES } from './turn-failures.ts'

const reply: Answer = {
  description:
    'The whole reply once it has ended, complete or stopped; with `Accept: text/event-stream` its events as they come.',
  schema: SendResponse,
  events: replyEvents,
}
const MESSAGE_ID = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'

export const chatOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/chat/message',
    id: 'sendMessage',
    summary: 'Sends a message and answers Claude’s reply.',
    description: `The message is stored and acknowledged before Claude is asked, and hanging up does not stop the reply.

The same \`clientMessageId\` with the same body returns the first outcome: JSON waits for it, a stream attaches to it, a failure is replayed. A reply that is not whole is a problem with the \`message\` so far.`,
    tag: 'Chat',
    access: 'person',
    scope: 'chat',
    body: SendRequest,
    example: { message: 'Hello, Helix!' },
    answers: { 200: reply },
    failures: ['conversation_not_found', ...REFUSED_TURNS, ...UNFINISHED_REPLIES],
  },
  {
    method: 'post',
    path: '/api/conversations/{key}/edit',
    id: 'editMessage',
    summary: 'Rewords one of your messages: a new branch beside it, with a reply of its own.',
    description: 'Answers like a send.',
    tag: 'Chat',
    access: 'person',
    scope: 'chat',
    body: EditRequest,
    example: { messageId: MESSAGE_ID, message: 'Hello again, Helix!' },
    answers: { 200: reply },
    failures: ['conversation_not_found', 'message_not_found', ...REFUSED_TURNS, ...UNFINISHED_REPLIES],
  },
  {
    method: 'post',
    path: '/api/conversations/{key}/regenerate',
    id: 'regenerateReply',
    summary: 'Asks for a reply again: a new branch beside it.',
    description: 'Answers like a send.',
    tag: 'Chat',
    access: 'person',
    scope: 'chat',
    body: RegenerateRequest,
    example: { messageId: MESSAGE_ID },
    answers: { 200: reply },
    failures: ['conversation_not_found', 'message_not_found', ...REFUSED_TURNS, ...UNFINISHED_REPLIES],
  },
]
