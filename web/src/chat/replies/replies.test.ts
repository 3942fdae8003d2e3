import { describe, expect, it, vi } from 'vitest'
import type { StreamOptions, StreamTarget } from '../../../../src/client/stream.ts'
import type { Message } from '../../../../src/contract/chat.ts'
import type { ReplyEvent } from '../../../../src/contract/events.ts'
import { HelixError } from '../../../../src/errors.ts'
import { deliverAndFollow } from './deliver.ts'
import { createReplies, type ReplyNews } from './replies.ts'

const start = { generationId: 'g', sessionKey: 's', userMessageId: 'q', messageId: 'r' }
const began: ReplyEvent = { event: 'start', seq: 1, data: start }
const delta = (seq: number, text: string): ReplyEvent => ({ event: 'delta', seq, data: { text } })
const message = { id: 'r', content: 'Hello' } as Message
const done = (seq: number) => ({ event: 'done', seq, data: { message, usage: {} } }) as ReplyEvent
const lost = () => new HelixError('gateway_unreachable', 'gone')
const send = { kind: 'send', sessionKey: 's', content: 'hi', clientMessageId: 'c' } as const

type Step = ReplyEvent | Error | 'wait'

/** A client whose nth stream goes as the nth script says; `wait` lasts until the stream is aborted. */
function follow(...scripts: Step[][]) {
  const asked: StreamTarget[] = []
  const draws: (() => void)[] = []
  const news: ReplyNews[] = []
  const replies = createReplies({
    client: {
      async *stream(target: StreamTarget, { signal }: StreamOptions = {}) {
        for (const step of scripts[asked.push(target) - 1] ?? []) {
          if (step === 'wait') {
            await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
          } else if (step instanceof Error) throw step
          else yield step
        }
      },
    },
    onFrame: (draw) => draws.push(draw),
  })
  replies.subscribe((one) => news.push(one))
  const draw = () => {
    for (const one of draws.splice(0)) one()
  }
  const ended = () => vi.waitFor(() => expect(news.at(-1)?.news).toBe('ended'), { timeout: 3_000 })
  return { replies, asked, draws, news, draw, ended }
}

describe('the replies of a page', () => {
  it('acknowledge a turn, follow its reply and tell how it ended', async () => {
    const { replies, news, ended } = follow([began, delta(2, 'Hel'), delta(3, 'lo'), done(4)])
    expect(await replies.take(send)).toEqual(start)
    await ended()
    expect(news).toEqual([
      { news: 'began', start, asked: send },
      { news: 'ended', start, message, failure: undefined },
    ])
    expect(replies.of('r')).toBeUndefined()
  })

  it('are given up when their person leaves: nothing is sent or asked again for who comes next', async () => {
    vi.useFakeTimers()
    try {
      const { replies, asked, news } = follow([began, lost()], ['wait'], [began, done(2)])
      await replies.take(send)
      const waiting = replies.take({ ...send, clientMessageId: 'other' })
      const refused = expect(waiting).rejects.toThrow('Signed out')
      replies.leave()
      await refused
      await vi.advanceTimersByTimeAsync(120_000)
      expect(asked).toHaveLength(2)
      expect(news.map(({ news }) => news)).toEqual(['began'])
      expect(replies.isOpen('s')).toBe(false)
    } finally {
      vi.useRealTimers()
    }
  })

  it('show what comes between two frames together', async () => {
    const { replies, draws, draw } = follow([began, delta(2, 'a'), delta(3, 'b'), delta(4, 'c'), 'wait'])
    await replies.take(send)
    await vi.waitFor(() => expect(draws).toHaveLength(1))
    await Promise.resolve()
    const reply = replies.of('r')
    expect(reply?.text.value).toBe('')
    draw()
    expect(reply?.text.value).toBe('abc')
    expect(reply?.phase.value).toBe('writing')
    expect(replies.isOpen('s')).toBe(true)
  })

  it('refuse as the gateway does, and follow nothing', async () => {
    const { replies, news } = follow([new HelixError('rate_limited', 'slow down')])
    await expect(replies.take(send)).rejects.toMatchObject({ code: 'rate_limited' })
    expect(news).toEqual([])
  })

  it('go on after the last event when the connection is gone for good', async () => {
    const { replies, asked, news, ended } = follow(
      [began, delta(2, 'Hel'), lost()],
      [delta(3, 'lo'), done(4)],
    )
    await replies.take(send)
    await ended()
    expect(asked[1]).toEqual({ generationId: 'g', lastEventId: 2 })
    expect(news).toHaveLength(2)
  })

  it('are taken up again after sleep without waiting', async () => {
    const { replies, asked, ended } = follow([began, delta(2, 'Hel'), 'wait'], [delta(3, 'lo'), done(4)])
    await replies.take(send)
    await vi.waitFor(() => expect(replies.of('r')?.phase.value).toBe('writing'))
    const before = performance.now()
    replies.reconnect()
    await ended()
    expect(performance.now() - before).toBeLessThan(200)
    expect(asked[1]).toEqual({ generationId: 'g', lastEventId: 2 })
  })

  it('are attached to once, from the beginning, and replaced by what a snapshot says', async () => {
    const snapshot: ReplyEvent = { event: 'snapshot', seq: 3, data: { text: 'Hello', seq: 3, message } }
    const { replies, asked, draw, draws } = follow([snapshot, 'wait'])
    expect(replies.attach(start)).toBe(replies.attach(start))
    await vi.waitFor(() => expect(draws).toHaveLength(1))
    draw()
    expect(replies.of('r')?.text.value).toBe('Hello')
    expect(asked).toEqual([{ generationId: 'g' }])
  })

  it('end without a message where there is nothing to follow any more', async () => {
    const { replies, news, ended } = follow([new HelixError('not_resumable', 'deleted')])
    replies.attach(start)
    await ended()
    expect(news).toEqual([{ news: 'ended', start, message: undefined, failure: 'not_resumable' }])
  })

  it('are not followed twice when the feed was quicker than the answer', async () => {
    const { replies, asked, news, ended } = follow([began, 'wait'], [done(2)])
    const taken = replies.take(send)
    replies.attach(start)
    await taken
    await ended()
    expect(asked).toHaveLength(2)
    expect(news.filter((one) => one.news === 'ended')).toHaveLength(1)
  })

  it('take a message of the outbox once the reply before it has ended', async () => {
    const { replies, asked } = follow([began, 'wait'], [began, done(2)])
    replies.attach(start)
    const waiting = {
      clientMessageId: 'c',
      sessionKey: 's',
      content: 'hi',
      createdAt: '',
      state: 'waiting',
      kept: true,
    }
    await expect(deliverAndFollow(replies)(waiting as never)).rejects.toMatchObject({
      code: 'conversation_busy',
    })
    expect(asked).toHaveLength(1)
    await deliverAndFollow(replies)({ ...waiting, sessionKey: 'other' } as never)
    expect(asked[1]).toMatchObject({ message: 'hi', clientMessageId: 'c', sessionKey: 'other' })
  })
})
