import { z } from 'zod'
import { FollowFeedQuery, feedEvents } from '../feed.ts'
import type { Operation } from '../operation.ts'

export const eventOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/events',
    id: 'followEvents',
    summary: 'Tells, as it happens, everything that changes for you on any device.',
    description:
      'Events are numbered for each person, without gaps, in the order of their commits, and kept for 24 hours. A reader that comes back with the last number it saw gets what follows, nothing twice and nothing left out; the number is good at every gateway. Without one it begins with what comes next.\n\nA comment every 15 s keeps the connection open. Names a reader does not know are to be skipped.',
    tag: 'Events',
    access: 'person',
    scope: 'read',
    headers: z.object({
      'Last-Event-ID': z.string().optional().describe('The number of the last event the reader has.'),
    }),
    query: FollowFeedQuery,
    answers: { 200: { description: 'The events, without end.', events: feedEvents } },
    failures: ['draining'],
  },
]
