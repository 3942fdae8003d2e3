import { z } from 'zod'
import { MessageStatus } from './chat.ts'
import type { StreamEvent } from './operation.ts'

const Place = z.object({ seq: z.int().describe('The number of the latest event there is.') })
const at = z.iso.datetime().describe('When it changed.')
const about = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.object({ sessionKey: z.string().describe('The conversation.'), at, ...shape })

const Titled = about({ title: z.string().nullable() })
const Switched = about({ activeMessageId: z.uuid().describe('The end of the branch that is shown now.') })
const Deleted = about({})
const Added = about({ messageId: z.uuid(), role: z.enum(['user', 'assistant', 'system']) })
const Started = about({
  generationId: z.uuid().describe('The reply, to attach to or to stop.'),
  messageId: z.uuid().describe('The reply’s own message.'),
  userMessageId: z.uuid().nullable().describe('The message that is answered.'),
})
const Finished = about({ generationId: z.uuid(), messageId: z.uuid(), status: MessageStatus })
const Changed = z.object({ at })
const Draining = z.object({ retryAfterMs: z.int() })

/** What a person's feed tells, by name. */
export const feedEvents = {
  ready: {
    description:
      'The first event of a connection. Its id is where the connection begins: the given cursor, or the latest event.',
    data: Place,
  },
  reset: {
    description:
      'Comes instead of `ready`, or later, where events between the cursor and the present are no longer there, or never were: read everything anew and go on from here.',
    data: Place,
  },
  'conversation.created': { description: 'A conversation has its first message.', data: Titled },
  'conversation.renamed': { description: 'Its title is another, whoever worded it.', data: Titled },
  'conversation.switched': { description: 'Another of its branches is shown.', data: Switched },
  'conversation.deleted': { description: 'It is gone; may come more than once.', data: Deleted },
  'message.added': { description: 'A message was stored.', data: Added },
  'reply.started': { description: 'A reply is being made; any device can attach to it.', data: Started },
  'reply.finished': { description: 'It has ended, however it ended.', data: Finished },
  'profile.changed': { description: 'Read the profile anew.', data: Changed },
  draining: {
    description:
      'This gateway is about to stop, or maintenance begins: connect again. Carries no id, and ends the stream.',
    data: Draining,
  },
} satisfies Record<string, StreamEvent>

type Events = typeof feedEvents

/** One event of a person's feed; `seq` counts from 1 for each person and is the SSE `id`. */
export type FeedEvent = {
  [Name in keyof Events]: Name extends 'draining'
    ? { event: Name; data: z.infer<Events[Name]['data']> }
    : { event: Name; seq: number; data: z.infer<Events[Name]['data']> }
}[keyof Events]

export const FollowFeedQuery = z.strictObject({
  lastEventId: z.string().max(100).optional().describe('As the header `Last-Event-ID`, which comes first.'),
})
