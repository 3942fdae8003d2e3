import { z } from 'zod'
import { SendResponse } from '../chat.ts'
import { replyEvents } from '../events.ts'
import type { Operation } from '../operation.ts'

const params = z.object({ id: z.uuid().describe('The `generationId` of the reply’s message.') })
const place = z
  .string()
  .optional()
  .describe('The last event the reader has; without it, or with one that was never stored: a snapshot.')

export const generationOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/generations/{id}/events',
    id: 'followReply',
    summary: 'Attaches to a reply, running or ended.',
    description:
      'With an id the gateway has, only what follows it. A stream that ends without `done` or `error` was cut: attach again.',
    tag: 'Replies',
    access: 'person',
    scope: 'read',
    params,
    headers: z.object({ 'Last-Event-ID': place }),
    query: z.object({ lastEventId: place.describe('The same, for a reader that can set no header.') }),
    answers: { 200: { description: 'The reply’s events.', type: 'text/event-stream', events: replyEvents } },
    failures: ['generation_not_found', 'not_resumable', 'too_many_streams'],
  },
  {
    method: 'post',
    path: '/api/generations/{id}/stop',
    id: 'stopReply',
    summary: 'Stops a reply.',
    description:
      'Answers once the reply has ended, however it ended. What was written stays. A reply that had ended is left as it is.',
    tag: 'Replies',
    access: 'person',
    scope: 'chat',
    params,
    answers: { 200: { description: 'The reply as far as it came.', schema: SendResponse } },
    failures: ['generation_not_found', 'not_resumable'],
  },
]
