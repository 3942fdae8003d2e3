import { Hono } from 'hono'
import { z } from 'zod'
import type { createConversations } from '../../src/chat/conversations.ts'
import type { Messages } from '../../src/chat/messages.ts'
import { queryOf } from '../body.ts'
import type { GatewayEnv } from '../env.ts'
import { keyOf } from './chat.ts'

const limit = z.coerce.number().int().min(1).max(200)
const ListQuery = z.strictObject({
  limit: limit.default(50),
  before: z.string().max(200).nullable().default(null),
})
const MessagesQuery = z.strictObject({
  limit: limit.default(50),
  before: z.uuid().nullable().default(null),
  all: z
    .enum(['true', 'false', '1', '0', ''])
    .transform((given) => given !== 'false' && given !== '0')
    .default(false),
})

interface ConversationDeps {
  conversations: ReturnType<typeof createConversations>
  messages: Messages
}

/** What a person said and was answered, as stored. */
export const conversationRoutes = ({ conversations, messages }: ConversationDeps) =>
  new Hono<GatewayEnv>()
    .get('/api/conversations', async (c) =>
      c.json(await conversations.list(c.get('person').userId, queryOf(c, ListQuery))),
    )
    .get('/api/conversations/:key', async (c) =>
      c.json(await conversations.get(c.get('person').userId, keyOf(c.req.param('key')))),
    )
    .get('/api/conversations/:key/messages', async (c) =>
      c.json(
        await messages.list(c.get('person').userId, keyOf(c.req.param('key')), queryOf(c, MessagesQuery)),
      ),
    )
