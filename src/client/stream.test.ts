import { afterEach, describe, expect, it } from 'vitest'
import {
  begin,
  type ScriptedGateway,
  scriptedGateway,
  sse,
  type Turn,
} from '../../test/support/scripted-gateway.ts'
import type { ReplyEvent } from '../contract/events.ts'
import { createClient } from './client.ts'
import type { StreamOptions, StreamTarget } from './stream.ts'

const SESSION = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'
const REPLY = 'b6b2f0a4-4f5e-4a4e-8a39-2f3d8f5f0c02'

let server: ScriptedGateway | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function gateway(...turns: Turn[]): Promise<ScriptedGateway> {
  server = await scriptedGateway((_asked, n) => turns[n])
  return server
}

const started = sse('start', 1, {
  generationId: REPLY,
  sessionKey: SESSION,
  userMessageId: 'u',
  messageId: 'm',
})
const delta = (seq: number, text: string) => sse('delta', seq, { text })
const done = (seq: number) => sse('done', seq, { message: { content: '' }, usage: {} })
const snapshot = (seq: number, text: string) =>
  sse('snapshot', seq, { text, seq, message: { generationId: REPLY } })

async function read(url: string, target: StreamTarget = { message: 'Hello' }, options: StreamOptions = {}) {
  const events: ReplyEvent[] = []
  let shown = ''
  for await (const event of createClient({ url, fetch }).stream(target, options)) {
    events.push(event)
    if (event.event === 'delta') shown += event.data.text
    if (event.event === 'snapshot') shown = event.data.text
  }
  return { events, shown }
}

describe('a streamed reply', () => {
  it('comes whole when nothing goes wrong', async () => {
    const { url } = await gateway((_request, response) => {
      begin(response).end(started + delta(2, 'Hel') + delta(3, 'lo') + done(4))
    })
    const { shown, events } = await read(url)
    expect(shown).toBe('Hello')
    expect(events.map(({ event }) => event)).toEqual(['start', 'delta', 'delta', 'done'])
  })

  it.each([
    [{ edit: { messageId: 'm1', message: 'again' }, sessionKey: SESSION }, 'edit'],
    [{ regenerate: { messageId: 'm1' }, sessionKey: SESSION }, 'regenerate'],
  ] as const)('is that of a branch as well, and begins it once: %o', async (target, path) => {
    const { url, asked } = await gateway(
      (request) => request.socket.destroy(),
      (_request, response) => {
        begin(response).end(started + delta(2, 'Hello') + done(3))
      },
    )
    expect((await read(url, target)).shown).toBe('Hello')
    expect(asked.map((one) => one.path)).toEqual(Array(2).fill(`POST /api/conversations/${SESSION}/${path}`))
    const [first, second] = asked.map(({ body }) => JSON.parse(body))
    expect(first).toMatchObject({ messageId: 'm1', clientMessageId: expect.any(String) })
    expect(second).toEqual(first)
  })

  it('goes on after the last event when the connection is cut in the middle of one', async () => {
    const { url, asked } = await gateway(
      (_request, response) => {
        begin(response).write(started + delta(2, 'Hel') + delta(3, 'lo, ').slice(0, 20))
        setTimeout(() => response.destroy(), 20)
      },
      (_request, response) => void begin(response).end(delta(3, 'lo, ') + delta(4, 'you') + done(5)),
    )
    expect((await read(url)).shown).toBe('Hello, you')
    expect(asked[1]).toMatchObject({ path: `GET /api/generations/${REPLY}/events`, lastEventId: '2' })
  })

  it('drops what it has had before', async () => {
    const { url } = await gateway(
      (_request, response) => void begin(response).end(started + delta(2, 'a') + delta(3, 'b')),
      (_request, response) =>
        void begin(response).end(started + delta(2, 'a') + delta(3, 'b') + delta(4, 'c') + done(5)),
    )
    expect((await read(url)).shown).toBe('abc')
  })

  it('takes from a snapshot only what is missing', async () => {
    const { url } = await gateway(
      (_request, response) => void begin(response).end(started + delta(2, 'one ')),
      (_request, response) => void begin(response).end(snapshot(4, 'one two ') + delta(5, 'three') + done(6)),
    )
    const { shown, events } = await read(url)
    expect(shown).toBe('one two three')
    expect(events.some(({ event }) => event === 'snapshot')).toBe(false)
  })

  it('passes on a snapshot that replaces what was shown', async () => {
    const { url } = await gateway(
      (_request, response) => void begin(response).end(started + delta(2, 'one ')),
      (_request, response) => void begin(response).end(snapshot(3, 'uno dos') + done(4)),
    )
    expect((await read(url)).shown).toBe('uno dos')
  })

  it('passes on the first snapshot of a reply that was begun elsewhere', async () => {
    const { url, asked } = await gateway(
      (_request, response) => void begin(response).end(snapshot(9, 'all of it') + done(10)),
    )
    expect((await read(url, { generationId: REPLY, lastEventId: 5 })).shown).toBe('all of it')
    expect(asked[0]?.lastEventId).toBe('5')
  })

  it('ends with the terminal event even when the snapshot already counted it', async () => {
    const { url } = await gateway(
      (_request, response) => void begin(response).end(snapshot(9, 'all of it') + done(9)),
    )
    const { events } = await read(url, { generationId: REPLY })
    expect(events.map(({ event }) => event)).toEqual(['snapshot', 'done'])
  })

  it('sends the same message under the same id when the first answer was lost', async () => {
    const { url, asked } = await gateway(
      (request) => void request.socket.destroy(),
      (_request, response) => void begin(response).end(started + delta(2, 'once') + done(3)),
    )
    expect((await read(url)).shown).toBe('once')
    const ids = asked.map(({ body }) => JSON.parse(body).clientMessageId)
    expect(ids).toHaveLength(2)
    expect(ids[0]).toBe(ids[1])
  })

  it('leaves a connection that fell silent', async () => {
    const { url } = await gateway(
      (_request, response) => void begin(response).write(started + delta(2, 'a')),
      (_request, response) => void begin(response).end(delta(3, 'b') + done(4)),
    )
    expect((await read(url, { message: 'Hello' }, { silenceMs: 100 })).shown).toBe('ab')
  })

  it('waits as long as a draining gateway asks', async () => {
    const { url } = await gateway(
      (_request, response) =>
        void begin(response).end(started + sse('draining', undefined, { retryAfterMs: 600 })),
      (_request, response) => void begin(response).end(delta(2, 'a') + done(3)),
    )
    const before = Date.now()
    expect((await read(url)).shown).toBe('a')
    expect(Date.now() - before).toBeGreaterThanOrEqual(590)
  })

  it('throws the code of a reply that can no longer be resumed', async () => {
    const { url } = await gateway(
      (_request, response) => void begin(response).end(started),
      (_request, response) =>
        void response
          .writeHead(410, { 'content-type': 'application/problem+json' })
          .end(JSON.stringify({ code: 'not_resumable', title: 'Gone', status: 410 })),
    )
    await expect(read(url)).rejects.toMatchObject({ code: 'not_resumable', message: 'Gone' })
  })

  it('says that no gateway answers, at once, where nobody listens', async () => {
    const { url } = await gateway()
    await server?.close()
    const before = Date.now()
    await expect(read(url)).rejects.toMatchObject({ code: 'gateway_unreachable', hint: 'Run `helix up`.' })
    expect(Date.now() - before).toBeLessThan(200)
  })

  it('ends with the reason of its signal and asks no more', async () => {
    const { url, asked } = await gateway((_request, response) => void begin(response).write(started))
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('enough')), 50)
    await expect(read(url, { message: 'Hello' }, { signal: stop.signal })).rejects.toThrow('enough')
    expect(asked).toHaveLength(1)
  })
})
