import type { Message, Usage } from './chat.ts'
import type { Problem } from './problem.ts'

/**
 * One event of a reply's stream. `seq` counts from 1 and is the SSE `id`; `ping` and `draining` carry none.
 * Exactly one `done` or `error` ends a reply.
 */
export type ReplyEvent =
  | {
      event: 'start'
      seq: number
      data: { generationId: string; sessionKey: string; userMessageId: string; messageId: string }
    }
  | { event: 'delta'; seq: number; data: { text: string } }
  | { event: 'snapshot'; seq: number; data: { text: string; seq: number; message: Message } }
  | { event: 'done'; seq: number; data: { message: Message; usage: Usage } }
  | { event: 'error'; seq: number; data: Problem & { message: Message } }
  | { event: 'draining'; data: { retryAfterMs: number } }
