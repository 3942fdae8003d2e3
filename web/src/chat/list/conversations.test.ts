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
const deleted = (sessionKey: string) =>
  ({ event: 'conversation.deleted', data: { sessionKey, at } }) as FeedEvent
const renamed = (sessionKey: string, title: string) =>
  ({ event: 'conversation.renamed', data: { sessionKey, title, at } }) as FeedEvent
const began = (sessionKey: string) => ({ news: 'began', start: { sessionKey } }) as ReplyNews

/** A list over a gateway that has `there`; each reading of it answers with what was there when it was asked. */
function open(...there: string[]) {
  const answers: (() => void)[] = []
  const kept: string[][] = []
  const asked: string[] = []
  let tell = (_: FeedEvent) => {}
  let begin = (_: ReplyNews) => {}
  const list = openList({
    client: {
      conversations: {
        list: () => {
          const conversations = there.map(conversation)
          return new Promise((resolve) => answers.push(() => resolve({ conversations, before: null })))
        },
        get: async (key: string) => {
          asked.push(key)
          return conversation(key)
        },
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
    asked,
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

  it.each<[string, (page: ReturnType<typeof open>) => void]>([
    ['began elsewhere', ({ tell }) => tell(created('new'))],
    ['may have begun before the feed was heard', ({ tell }) => tell(ready)],
    ['began here', ({ begin }) => begin(began('new'))],
  ])('has one that %s while the list was being read', async (_, change) => {
    const page = open('old')
    const loaded = page.list.load()
    page.there.push('new')
    change(page)
    page.answers[0]?.()
    await vi.waitFor(() => expect(page.answers).toHaveLength(2))
    page.answers[1]?.()
    await loaded
    expect(page.shown().sort()).toEqual(['new', 'old'])
  })

  it('asks once for one that begins here and that the feed tells of, and shows none that is deleted meanwhile', async () => {
    const { list, answers, asked, shown, begin, tell } = open()
    const loaded = list.load()
    answers[0]?.()
    await loaded
    begin(began('new'))
    tell(created('new'))
    await vi.waitFor(() => expect(shown()).toEqual(['new']))
    tell(created('new'))
    expect(asked).toEqual(['new'])
    begin(began('gone'))
    tell(deleted('gone'))
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(shown()).toEqual(['new'])
  })

  it('has the title that one was given while it was asked for', async () => {
    const { list, answers, shown, begin, tell } = open()
    const loaded = list.load()
    answers[0]?.()
    await loaded
    begin(began('new'))
    tell(renamed('new', 'Lisbon'))
    await vi.waitFor(() => expect(shown()).toEqual(['new']))
    expect(list.items.value[0]?.title).toBe('Lisbon')
  })

  it('is read once where nothing changed', async () => {
    const { list, answers } = open('old')
    const loaded = list.load()
    answers[0]?.()
    await loaded
    expect(answers).toHaveLength(1)
  })
})
