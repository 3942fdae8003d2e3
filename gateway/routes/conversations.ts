import { Hono } from 'hono'
import type { createConversations } from '../../src/chat/conversations.ts'
import type { Messages } from '../../src/chat/messages.ts'
import { ListConversationsQuery, ListMessagesQuery } from '../../src/contract/chat.ts'
import { queryOf } from '../body.ts'
import type { GatewayEnv } from '../env.ts'
import { keyOf } from './chat.ts'

interface ConversationDeps {
  conversations: ReturnType<typeof createConversations>
  messages: Messages
}

/** What a person said and was answered, as stored. */
export const conversationRoutes = ({ conversations, messages }: ConversationDeps) =>
  new Hono<GatewayEnv>()
    .get('/api/conversations', async (c) =>
      c.json(await conversations.list(c.get('person').userId, queryOf(c, ListConversationsQuery))),
    )
    .get('/api/conversations/:key', async (c) =>
      c.json(await conversations.get(c.get('person').userId, keyOf(c.req.param('key')))),
    )
    .get('/api/conversations/:key/messages', async (c) =>
      c.json(
        await messages.list(c.get('person').userId, keyOf(c.req.param('key')), queryOf(c, ListMessagesQuery)),
      ),
    )
