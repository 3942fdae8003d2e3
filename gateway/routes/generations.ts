import { Hono } from 'hono'
import { z } from 'zod'
import type { Place } from '../../src/chat/turns/follow-stored.ts'
import { generationNotFound } from '../../src/chat/turns/stored.ts'
import type { Turns } from '../../src/chat/turns/turns.ts'
import type { GatewayEnv } from '../env.ts'
import { outcomeResponse } from '../reply.ts'
import { sseResponse } from '../sse.ts'

/** A reply while it is made and after: attach to it or resume it, and stop it. */
export const generationRoutes = (turns: Turns) =>
  new Hono<GatewayEnv>()
    .get('/api/generations/:id/events', async (c) => {
      const place = placeOf(c.req.header('last-event-id') ?? c.req.query('lastEventId'))
      const abort = new AbortController()
      const events = await turns.read(c.get('person').userId, idOf(c.req.param('id')), place, abort.signal)
      // HEAD has no reader, and a stream without one would wait for it for ever.
      if (c.req.method === 'HEAD') abort.abort()
      return sseResponse(events, abort, c.get('accessLost'))
    })
    .post('/api/generations/:id/stop', async (c) => {
      const ended = await turns.stop(c.get('person').userId, idOf(c.req.param('id')), c.req.raw.signal)
      // Stopping is a success whatever the reply had come to: the caller wanted it ended, and it has ended.
      if (ended?.event === 'error') return c.json({ role: 'assistant', ...replyOf(ended.data.message) })
      return outcomeResponse(c, ended)
    })

function replyOf(message: { content: string; sessionKey: string; usage: unknown }) {
  return { content: message.content, sessionKey: message.sessionKey, message, usage: message.usage }
}

/** An id that is no number was never given out: the reader starts over with a snapshot. */
function placeOf(lastEventId: string | undefined): Place {
  return lastEventId !== undefined && /^\d{1,9}$/.test(lastEventId) ? Number(lastEventId) : 'unknown'
}

function idOf(given: string): string {
  const id = z.uuid().safeParse(given)
  if (!id.success) throw generationNotFound(given.slice(0, 80))
  return id.data.toLowerCase()
}
