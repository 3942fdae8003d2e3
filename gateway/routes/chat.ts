import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { conversationNotFound } from '../../src/chat/conversations.ts'
import type { TurnRequest } from '../../src/chat/turns/request.ts'
import type { Turns } from '../../src/chat/turns/turns.ts'
import { EditRequest, RegenerateRequest, SendRequest } from '../../src/contract/chat.ts'
import type { TestPasses } from '../../src/people/test-passes.ts'
import { jsonBody } from '../body.ts'
import type { GatewayEnv } from '../env.ts'
import { wantsSimulated } from '../load-test-pass.ts'
import { answer } from '../reply.ts'

interface ChatDeps {
  turns: Turns
  testPasses: TestPasses
}

/** Sending a message, and the two ways to branch from one: rewording it, or asking for its reply again. */
export const chatRoutes = ({ turns, testPasses }: ChatDeps) =>
  new Hono<GatewayEnv>()
    .post('/api/chat/message', async (c) => {
      const body = await jsonBody(c, SendRequest)
      return answer(c, turns, { kind: 'send', ...body, ...base(c, testPasses) })
    })
    .post('/api/conversations/:key/regenerate', async (c) => {
      const body = await jsonBody(c, RegenerateRequest)
      return answer(c, turns, {
        kind: 'regenerate',
        sessionKey: keyOf(c.req.param('key')),
        ...body,
        ...base(c, testPasses),
      })
    })
    .post('/api/conversations/:key/edit', async (c) => {
      const body = await jsonBody(c, EditRequest)
      return answer(c, turns, {
        kind: 'edit',
        sessionKey: keyOf(c.req.param('key')),
        ...body,
        ...base(c, testPasses),
      })
    })

function base(
  c: Context<GatewayEnv>,
  passes: TestPasses,
): Pick<TurnRequest, 'asker' | 'receivedAt' | 'simulated'> {
  const simulated = wantsSimulated(c, passes)
  return { asker: c.get('person'), receivedAt: c.get('receivedAt'), simulated }
}

/** A session key from a path: what is no UUID can name no conversation. */
export function keyOf(given: string): string {
  const key = z.uuid().safeParse(given)
  if (!key.success) throw conversationNotFound(given.slice(0, 80))
  return key.data.toLowerCase()
}
