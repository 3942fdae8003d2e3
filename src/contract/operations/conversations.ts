import {
  Conversation,
  ConversationPage,
  ListConversationsQuery,
  ListMessagesQuery,
  MessagePage,
} from '../chat.ts'
import type { Operation } from '../operation.ts'

export const conversationOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/conversations',
    id: 'listConversations',
    summary: 'Lists your conversations, latest activity first.',
    tag: 'Conversations',
    access: 'person',
    scope: 'read',
    query: ListConversationsQuery,
    answers: { 200: { description: 'One page.', schema: ConversationPage } },
  },
  {
    method: 'get',
    path: '/api/conversations/{key}',
    id: 'getConversation',
    summary: 'Answers one conversation, without its messages.',
    tag: 'Conversations',
    access: 'person',
    scope: 'read',
    answers: { 200: { description: 'The conversation.', schema: Conversation } },
    failures: ['conversation_not_found'],
  },
  {
    method: 'get',
    path: '/api/conversations/{key}/messages',
    id: 'listMessages',
    summary: 'Lists a conversation’s messages, newest page first.',
    description: 'Without `all`, the line of messages that ends in the conversation’s `activeMessageId`.',
    tag: 'Conversations',
    access: 'person',
    scope: 'read',
    query: ListMessagesQuery,
    answers: { 200: { description: 'One page, oldest first within it.', schema: MessagePage } },
    failures: ['conversation_not_found'],
  },
]
