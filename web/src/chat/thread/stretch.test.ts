import { describe, expect, it } from 'vitest'
import type { Message, MessagePage } from '../../../../src/contract/chat.ts'
import {
  NOTHING,
  openReply,
  type Start,
  trimmed,
  withMessage,
  withNewer,
  withNewest,
  withOlder,
  withStart,
} from './stretch.ts'

const NOW = '2026-11-25T12:00:00.000Z'

const message = (id: number | string, more: Partial<Message> = {}): Message => ({
  id: String(id),
  sessionKey: 's',
  role: Number(id) % 2 === 1 ? 'user' : 'assistant',
  content: `text ${id}`,
  status: 'complete',
  stopReason: null,
  model: null,
  createdAt: NOW,
  parentId: Number(id) > 1 ? String(Number(id) - 1) : null,
  siblings: { ids: [String(id)], index: 0 },
  generationId: null,
  clientMessageId: null,
  isPending: false,
  syncedAt: null,
  usage: null,
  ...more,
})
const page = (from: number, to: number, ends: Partial<MessagePage> = {}): MessagePage => ({
  messages: Array.from({ length: to - from + 1 }, (_, index) => message(from + index)),
  before: from > 1 ? String(from) : null,
  after: null,
  ...ends,
})
const ids = ({ messages }: { messages: readonly Message[] }) => messages.map(({ id }) => id).join(' ')
const start: Start = { generationId: 'g', sessionKey: 's', userMessageId: 'q', messageId: 'r' }

describe('a stretch of a conversation', () => {
  it('grows at both ends, without a message twice', () => {
    const middle = withNewest(NOTHING, page(5, 6, { after: '6' }))
    const longer = withNewer(withOlder(middle, page(3, 5)), page(6, 8))
    expect(ids(longer)).toBe('3 4 5 6 7 8')
    expect([longer.before, longer.after]).toEqual(['3', null])
  })

  it('is brought up to date where it goes on, and keeps what has not changed as it is', () => {
    const old = withNewest(NOTHING, page(1, 4))
    const now = withNewest(old, page(4, 6))
    expect(ids(now)).toBe('1 2 3 4 5 6')
    expect(now.messages[3]).toBe(old.messages[3])
    expect(ids(withNewest(old, page(5, 6)))).toBe('1 2 3 4 5 6')
    expect(withNewest(old, page(5, 6)).before).toBeNull()
  })

  it('loses what another device left for another branch', () => {
    const old = withNewest(NOTHING, page(1, 6))
    const branch = { ...page(3, 3), messages: [message(3), message('x', { parentId: '3' })] }
    expect(ids(withNewest(old, branch))).toBe('1 2 3 x')
  })

  it('begins anew where it does not meet what is newest', () => {
    const now = withNewest(withNewest(NOTHING, page(1, 3)), page(50, 52))
    expect(ids(now)).toBe('50 51 52')
    expect(now.before).toBe('50')
  })

  it('is not emptied by what was read before its first message was there', () => {
    const old = withNewest(NOTHING, page(1, 2))
    expect(withNewest(old, { messages: [], before: null, after: null })).toBe(old)
  })

  it('never lets a reply that has ended begin again', () => {
    const open = message(2, { status: 'streaming', content: '' })
    const late = withNewest(withNewest(NOTHING, page(1, 2)), { ...page(1, 1), messages: [message(1), open] })
    expect(late.messages[1]).toMatchObject({ status: 'complete', content: 'text 2' })
  })

  it('shows what was sent and the place of its reply', () => {
    const now = withStart(
      withNewest(NOTHING, page(1, 2)),
      start,
      { kind: 'send', content: 'hello', clientMessageId: 'c' },
      NOW,
    )
    expect(ids(now)).toBe('1 2 q r')
    expect(now.messages[2]).toMatchObject({
      role: 'user',
      content: 'hello',
      clientMessageId: 'c',
      parentId: '2',
    })
    expect(now.messages[3]).toMatchObject({ role: 'assistant', status: 'streaming', parentId: 'q' })
    expect(openReply(now)?.id).toBe('r')
    expect(withStart(now, start, { kind: 'send', content: 'hello', clientMessageId: 'c' }, NOW)).toBe(now)
  })

  it('shows what was reworded as a branch beside the old words', () => {
    const old = withNewest(NOTHING, page(1, 6))
    const now = withStart(old, start, { kind: 'edit', messageId: '3', content: 'other words' }, NOW)
    expect(ids(now)).toBe('1 2 q r')
    expect(now.messages[2]).toMatchObject({ content: 'other words', siblings: { ids: ['3', 'q'], index: 1 } })
  })

  it('shows a reply that was asked for again as a branch beside the old one', () => {
    const old = withNewest(NOTHING, page(1, 4))
    const now = withStart(old, { ...start, userMessageId: '3' }, { kind: 'regenerate', messageId: '4' }, NOW)
    expect(ids(now)).toBe('1 2 3 r')
    expect(now.messages[3]?.siblings).toEqual({ ids: ['4', 'r'], index: 1 })
  })

  it('leaves what begins at its end alone while it shows another part', () => {
    const middle = withNewest(NOTHING, page(5, 6, { after: '6' }))
    expect(withStart(middle, start, { kind: 'send', content: 'x', clientMessageId: 'c' }, NOW)).toBe(middle)
  })

  it('takes in how a reply ended, without forgetting branches made meanwhile', () => {
    const old = withNewest(NOTHING, page(1, 4))
    const branched = withStart(
      old,
      { ...start, userMessageId: '3' },
      { kind: 'regenerate', messageId: '4' },
      NOW,
    )
    const ended = withMessage(branched, message('r', { content: 'done', siblings: { ids: ['r'], index: 0 } }))
    expect(ended.messages.at(-1)).toMatchObject({ content: 'done', siblings: { ids: ['4', 'r'], index: 1 } })
    expect(withMessage(old, message(99))).toBe(old)
  })

  it('is cut at the end further from what is read, and can be had again from there', () => {
    const whole = withNewest(NOTHING, page(1, 10))
    expect(trimmed(whole, 'newest', 4)).toMatchObject({ before: '7', after: null })
    expect(ids(trimmed(whole, 'oldest', 4))).toBe('1 2 3 4')
    expect(trimmed(whole, 'oldest', 4)).toMatchObject({ before: null, after: '4' })
    expect(trimmed(whole, 'oldest', 10)).toBe(whole)
  })
})
