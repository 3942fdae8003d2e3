import type { Context } from 'hono'
import type { TurnRequest } from '../src/chat/turns/request.ts'
import type { Turns } from '../src/chat/turns/turns.ts'
import type { ReplyEvent } from '../src/contract/events.ts'
import { HelixError, isFailureCode } from '../src/errors.ts'
import type { GatewayEnv } from './env.ts'
import { sseResponse } from './sse.ts'

/** Takes a turn and answers in the form the caller accepts: the whole reply as JSON, or its events as SSE. */
export async function answer(c: Context<GatewayEnv>, turns: Turns, request: TurnRequest): Promise<Response> {
  const { generationId, standing } = await turns.send(request)
  if (standing) c.set('standing', standing)
  const { userId } = request.asker
  if (wantsEvents(c)) {
    const abort = new AbortController()
    const events = await turns.read(userId, generationId, 'start', abort.signal)
    return sseResponse(events, abort, c.get('accessLost'))
  }
  // A caller that hangs up stops waiting; the reply goes on.
  return outcomeResponse(c, await turns.outcome(userId, generationId, c.req.raw.signal))
}

/** The JSON form of how a reply ended. */
export function outcomeResponse(c: Context<GatewayEnv>, event: ReplyEvent | undefined): Response {
  if (event?.event === 'done') {
    const { message, usage } = event.data
    return c.json({
      role: 'assistant',
      content: message.content,
      sessionKey: message.sessionKey,
      message,
      usage,
    })
  }
  if (event?.event === 'error') {
    const { code, title, hint, message } = event.data
    throw new HelixError(isFailureCode(code) ? code : 'upstream_failed', title, {
      ...(hint ? { hint } : {}),
      details: { message },
    })
  }
  throw new HelixError('interrupted', 'The reply was not followed to its end')
}

function wantsEvents(c: Context<GatewayEnv>): boolean {
  return /\btext\/event-stream\b/i.test(c.req.header('accept') ?? '')
}
