import { describe, expect, it, vi } from 'vitest'
import type { Client } from '../../../../src/client/client.ts'
import type { Conversation } from '../../../../src/contract/chat.ts'
import type { FeedEvent } from '../../../../src/contract/feed.ts'
import type { ReplyNews } from '../replies/replies.ts'
import { openList } from './conversations.ts'

const at = '2026-11-26T10:00:00.000Z'
const conversation = (sessionKey: string) =>
  ({ sessionKey, createdAt: at, lastMessageAt: at }) as Conversation
const ready = { event: 'ready', data: {} } as FeedEvent
const created = (sessionKey: string) =>
  ({ event: 'conversation.created', data: { sessionKey, title: null, at } }) as FeedEvent
const began = (sessionKey: string) => ({ news: 'began', start: { sessionKey } }) as ReplyNews

/** A list over a gateway that has `there`; each reading of it answers with what was there when it was asked. */
function open(...there: string[]) {
  const answers: (() => void)[] = []
  const kept: string[][] = []
  let tell = (_: FeedEvent) => {}
  let begin = (_: ReplyNews) => {}
  const list = openList({
    client: {
      conversations: {
        list: () => {
          const conversations = there.map(conversation)
          return new Promise((resolve) => answers.push(() => resolve({ conversations, before: null })))
        },
        get: async (key: string) => conversation(key),
      } as unknown as Client['conversations'],
    },
    replies: {
      subscribe: (listener) => {
        begin = listener
        return () => {}
      },
    },
    feed: {
      subscribe: (listener) => {
        tell = listener
        return () => {}
      },
    },
    cache: {
      conversations: async () => [],
      keepConversations: async (_: string, list: readonly Conversation[]) => {
        kept.push(list.map(({ sessionKey }) => sessionKey))
      },
      messages: async () => [],
      keepMessages: async () => {},
    },
    userId: 'ana',
  })
  const shown = () => list.items.value.map(({ sessionKey }) => sessionKey)
  return {
    list,
    there,
    answers,
    kept,
    shown,
    tell: (e: FeedEvent) => tell(e),
    begin: (n: ReplyNews) => begin(n),
  }
}

describe('the list of conversations', () => {
  it('has one that begins here without waiting for the feed, and keeps it on the device', async () => {
    const { list, answers, kept, shown, begin } = open()
    const loaded = list.load()
    answers[0]?.()
    await loaded
    begin(began('new'))
    await vi.waitFor(() => expect(shown()).toEqual(['new']))
    expect(kept.at(-1)).toEqual(['new'])
  })

  it.each([
    ['began', created('new')],
    ['may have begun before the feed was heard', ready],
  ])('has one that %s while the list was being read', async (_, event) => {
    const { list, there, answers, shown, tell } = open('old')
    const loaded = list.load()
    there.push('new')
    tell(event)
    answers[0]?.()
    await vi.waitFor(() => expect(answers).toHaveLength(2))
    answers[1]?.()
    await loaded
    expect(shown().sort()).toEqual(['new', 'old'])
  })

  it('has one that begins here while the list is being read', async () => {
    const { list, there, answers, shown, begin } = open('old')
    const loaded = list.load()
    there.push('new')
    begin(began('new'))
    answers[0]?.()
    await vi.waitFor(() => expect(answers).toHaveLength(2))
    answers[1]?.()
    await loaded
    expect(shown().sort()).toEqual(['new', 'old'])
  })

  it('is read once where nothing changed', async () => {
    const { list, answers } = open('old')
    const loaded = list.load()
    answers[0]?.()
    await loaded
    expect(answers).toHaveLength(1)
  })
})
