import { Hono } from 'hono'
import { FollowFeedQuery } from '../../src/contract/feed.ts'
import type { Feed } from '../../src/feed/feed.ts'
import { queryOf } from '../body.ts'
import type { GatewayEnv } from '../env.ts'
import { sseResponse } from '../sse.ts'

/** What changes for the caller, as it happens. */
export const eventRoutes = (feed: Pick<Feed, 'follow'>) =>
  new Hono<GatewayEnv>().get('/api/events', async (c) => {
    const { lastEventId } = queryOf(c, FollowFeedQuery)
    const cursor = cursorOf(c.req.header('last-event-id') ?? lastEventId)
    const abort = new AbortController()
    const events = await feed.follow(c.get('person').userId, cursor, abort.signal)
    // HEAD has no reader, and a stream without one would wait for it for ever.
    if (c.req.method === 'HEAD') abort.abort()
    return sseResponse(events, abort, c.get('accessLost'))
  })

/** An id that is no number was never given out. */
function cursorOf(lastEventId: string | undefined): number | null | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined
  return /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : null
}
