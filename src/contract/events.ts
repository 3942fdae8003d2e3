import { z } from 'zod'
import { Message, Usage } from './chat.ts'
import type { StreamEvent } from './operation.ts'
import { Problem } from './problem.ts'

const Start = z
  .object({
    generationId: z.uuid().describe('The reply, to attach to or to stop.'),
    sessionKey: z.uuid(),
    userMessageId: z.uuid().describe('The message that is answered, now stored.'),
    messageId: z.uuid().describe('The reply’s own message.'),
  })
  .meta({ id: 'ReplyStart' })
const Delta = z.object({ text: z.string() }).meta({ id: 'ReplyDelta' })
const Snapshot = z
  .object({
    text: z.string().describe('Replaces what is shown.'),
    seq: z.int().describe('The last event the text holds.'),
    message: Message,
  })
  .meta({ id: 'ReplySnapshot' })
const Done = z.object({ message: Message, usage: Usage }).meta({ id: 'ReplyDone' })
const Failed = Problem.extend({ message: Message }).meta({ id: 'ReplyFailed' })
const Draining = z.object({ retryAfterMs: z.int() }).meta({ id: 'Draining' })

/** The events of a reply, in the order in which they may come. */
export const replyEvents = {
  start: { description: 'Number 1: the message is acknowledged.', data: Start },
  snapshot: { description: 'The whole reply up to event `seq`; only when attaching.', data: Snapshot },
  delta: { description: 'More of the reply.', data: Delta },
  done: { description: 'The end: complete or stopped.', data: Done },
  error: { description: 'The end: failed or interrupted.', data: Failed },
  draining: {
    description: 'This gateway is about to stop: attach again. Carries no id.',
    data: Draining,
  },
} satisfies Record<string, StreamEvent>

/**
 * One event of a reply's stream. `seq` counts from 1 and is the SSE `id`; `ping` and `draining` carry none.
 * Exactly one `done` or `error` ends a reply.
 */
export type ReplyEvent =
  | { event: 'start'; seq: number; data: z.infer<typeof Start> }
  | { event: 'delta'; seq: number; data: z.infer<typeof Delta> }
  | { event: 'snapshot'; seq: number; data: z.infer<typeof Snapshot> }
  | { event: 'done'; seq: number; data: z.infer<typeof Done> }
  | { event: 'error'; seq: number; data: Problem & { message: Message } }
  | { event: 'draining'; data: z.infer<typeof Draining> }
