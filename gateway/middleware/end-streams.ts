import type { MiddlewareHandler } from 'hono'
import type { AccessWatch } from '../../src/signin/access-watch.ts'
import type { GatewayEnv } from '../env.ts'
import { asksForEvents, onceSent } from '../event-stream.ts'
import type { Services } from '../services.ts'
import { bearerToken } from './bearer.ts'

interface EndStreamsDeps {
  accessWatch: Pick<AccessWatch, 'follow'>
  accessTokens: Pick<Services['accessTokens'], 'verify'>
}

/** Ends the event streams of whoever loses the right to them while they are open, by aborting `c.var.accessLost`. */
export function endStreams({ accessWatch, accessTokens }: EndStreamsDeps): MiddlewareHandler<GatewayEnv> {
  return async function endStreams(c, next) {
    if (!asksForEvents(c.req)) return next()
    const lost = new AbortController()
    c.set('accessLost', lost.signal)
    const { userId, sessionId } = c.get('person')
    const token = c.get('accessToken') && bearerToken(c.req.header('authorization'))
    const recheck = token === undefined ? {} : { recheck: () => accessTokens.verify(token) }
    const unfollow = await accessWatch.follow({ userId, sessionId, ...recheck }, () => lost.abort())
    try {
      await next()
    } finally {
      onceSent(c, unfollow)
    }
  }
}
