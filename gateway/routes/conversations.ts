import { Hono } from 'hono'
import type { Conversations } from '../../src/chat/conversations.ts'
import type { Messages } from '../../src/chat/messages.ts'
import type { Turns } from '../../src/chat/turns/turns.ts'
import {
  ChangeConversationRequest,
  ListConversationsQuery,
  ListMessagesQuery,
} from '../../src/contract/chat.ts'
import { jsonBody, queryOf } from '../body.ts'
import type { GatewayEnv } from '../env.ts'
import { keyOf } from './chat.ts'

interface ConversationDeps {
  conversations: Conversations
  messages: Messages
  turns: Pick<Turns, 'halt'>
}

/** What a person said and was answered, as stored. */
export const conversationRoutes = ({ conversations, messages, turns }: ConversationDeps) =>
  new Hono<GatewayEnv>()
    .get('/api/conversations', async (c) =>
      c.json(await conversations.list(c.get('person').userId, queryOf(c, ListConversationsQuery))),
    )
    .get('/api/conversations/:key', async (c) =>
      c.json(await conversations.get(c.get('person').userId, keyOf(c.req.param('key')))),
    )
    .patch('/api/conversations/:key', async (c) => {
      const change = await jsonBody(c, ChangeConversationRequest)
      return c.json(await conversations.change(c.get('person').userId, keyOf(c.req.param('key')), change))
    })
    .delete('/api/conversations/:key', async (c) => {
      const open = await conversations.remove(c.get('person').userId, keyOf(c.req.param('key')))
      await turns.halt(open)
      return c.body(null, 204)
    })
    .get('/api/conversations/:key/messages', async (c) =>
      c.json(
        await messages.list(c.get('person').userId, keyOf(c.req.param('key')), queryOf(c, ListMessagesQuery)),
      ),
    )
