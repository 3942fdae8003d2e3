import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SendResponse } from '../../src/contract/chat.ts'
import { readEvents, shownText } from '../support/events.ts'
import { type Engine, startTestGateway, type TestGateway } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'

const ENGINES: [Engine, string | null][] = [
  ['pglite', null],
  ['postgres', postgresUnavailable],
]

describe.each(ENGINES)('sending a message, on %s', (engine, unavailable) => {
  describe.skipIf(unavailable)(unavailable ?? 'with the strict stub', () => {
    let gateway: TestGateway
    beforeAll(async () => {
      gateway = await startTestGateway({ engine })
    })
    afterAll(() => gateway.close())

    const callsFor = (marker: string) =>
      gateway.stub.requests.filter(({ body }) => JSON.stringify(body).includes(marker))

    it('answers 50 identical concurrent sends with one reply from one upstream call', async () => {
      const visitor = await gateway.signUp()
      const marker = `one-call-${engine}`
      const body = { message: `${marker} [[wait:300]]`, clientMessageId: randomUUID() }
      const answers = await Promise.all(
        Array.from({ length: 50 }, async (_, place) => {
          const accept = place % 2 === 0 ? 'application/json' : 'text/event-stream'
          const response = await visitor.request('/api/chat/message', { method: 'POST', body, accept })
          expect(response.status).toBe(200)
          if (accept === 'application/json') return ((await response.json()) as SendResponse).message
          return (await readEvents(response)).at(-1)?.data.message
        }),
      )
      expect(callsFor(marker)).toHaveLength(1)
      expect(new Set(answers.map((message) => message?.id)).size).toBe(1)
      expect(new Set(answers.map((message) => message?.content)).size).toBe(1)
      expect(answers[0]?.status).toBe('complete')
    })

    it('refuses the same clientMessageId for another message', async () => {
      const visitor = await gateway.signUp()
      const clientMessageId = randomUUID()
      await visitor.request('/api/chat/message', {
        method: 'POST',
        body: { message: 'first', clientMessageId },
      })
      const second = await visitor.request('/api/chat/message', {
        method: 'POST',
        body: { message: 'second', clientMessageId },
      })
      expect(second.status).toBe(422)
      expect(await second.json()).toMatchObject({
        code: 'idempotency_mismatch',
        type: 'urn:helix:idempotency_mismatch',
      })
    })

    it('replays a failure instead of trying again', async () => {
      const visitor = await gateway.signUp()
      const marker = `replayed-failure-${engine}`
      const body = { message: `${marker} [[fault:bad-request]]`, clientMessageId: randomUUID() }
      const first = await visitor.request('/api/chat/message', { method: 'POST', body })
      const again = await visitor.request('/api/chat/message', { method: 'POST', body })
      expect([first.status, again.status]).toEqual([502, 502])
      const [problem, replayed] = [await first.json(), await again.json()] as {
        code: string
        message: { id: string }
      }[]
      expect(replayed).toMatchObject({
        code: 'upstream_failed',
        message: { id: problem?.message.id, status: 'failed' },
      })
      expect(callsFor(marker)).toHaveLength(1)
    })

    it('gives each person their own idempotency keys and conversations', async () => {
      const [ana, ben] = [await gateway.signUp(), await gateway.signUp()]
      const clientMessageId = randomUUID()
      const sent = await ana.request('/api/chat/message', {
        method: 'POST',
        body: { message: 'mine', clientMessageId },
      })
      const { sessionKey, message } = (await sent.json()) as SendResponse
      const own = await ben.request('/api/chat/message', {
        method: 'POST',
        body: { message: 'not yours', clientMessageId },
      })
      expect(own.status).toBe(200)
      const into = await ben.request('/api/chat/message', {
        method: 'POST',
        body: { message: 'hi', sessionKey },
      })
      expect(into.status).toBe(404)
      expect((await ben.request(`/api/conversations/${sessionKey}/messages`)).status).toBe(404)
      expect((await ben.request(`/api/generations/${message.generationId}/events`)).status).toBe(404)
      expect(
        (await ben.request(`/api/generations/${message.generationId}/stop`, { method: 'POST' })).status,
      ).toBe(404)
      const branch = await ben.request(`/api/conversations/${sessionKey}/regenerate`, {
        method: 'POST',
        body: { messageId: message.id },
      })
      expect(branch.status).toBe(404)
    })

    it('streams start, deltas and done under dense ids, and stores what it streamed', async () => {
      const visitor = await gateway.signUp()
      const body = { message: 'stream it [[words:40]] [[pace:5]]' }
      const response = await visitor.request('/api/chat/message', {
        method: 'POST',
        body,
        accept: 'text/event-stream',
      })
      expect(response.headers.get('content-type')).toContain('text/event-stream')
      expect(response.headers.get('x-accel-buffering')).toBe('no')
      const events = await readEvents(response)
      expect(events.map(({ id }) => id)).toEqual(events.map((_, place) => place + 1))
      expect(events[0]).toMatchObject({ event: 'start', id: 1 })
      const done = events.at(-1)
      expect(done).toMatchObject({
        event: 'done',
        data: { message: { status: 'complete', content: shownText(events) } },
      })
      const key = events[0]?.data.sessionKey
      const stored = (await (await visitor.request(`/api/conversations/${key}/messages`)).json()) as {
        messages: { id: string; content: string }[]
      }
      expect(stored.messages.map(({ id }) => id)).toEqual([
        events[0]?.data.userMessageId,
        events[0]?.data.messageId,
      ])
      expect(stored.messages[1]).toEqual(done?.data.message)
    })

    it('branches: a reworded message and a regenerated reply stand beside the first ones', async () => {
      const visitor = await gateway.signUp()
      const send = async (path: string, body: unknown) =>
        (await (await visitor.request(path, { method: 'POST', body })).json()) as SendResponse
      const first = await send('/api/chat/message', { message: 'what is it' })
      const again = await send(`/api/conversations/${first.sessionKey}/regenerate`, {
        messageId: first.message.id,
      })
      expect(again.message).toMatchObject({
        parentId: first.message.parentId,
        siblings: { ids: [first.message.id, again.message.id], index: 1 },
      })
      const reworded = await send(`/api/conversations/${first.sessionKey}/edit`, {
        messageId: first.message.parentId,
        message: 'what was it',
      })
      const line = (await (
        await visitor.request(`/api/conversations/${first.sessionKey}/messages`)
      ).json()) as { messages: { id: string; content: string; siblings: { ids: string[]; index: number } }[] }
      expect(line.messages.map(({ content }) => content)[0]).toBe('what was it')
      expect(line.messages[0]?.siblings).toMatchObject({ index: 1, ids: { length: 2 } })
      expect(line.messages[1]?.id).toBe(reworded.message.id)
      const all = (await (
        await visitor.request(`/api/conversations/${first.sessionKey}/messages?all=true`)
      ).json()) as { messages: unknown[] }
      expect(all.messages).toHaveLength(5)
    })

    it('pages a conversation backwards without losing or doubling a message', async () => {
      const visitor = await gateway.signUp()
      const first = (await (
        await visitor.request('/api/chat/message', { method: 'POST', body: { message: 'm0' } })
      ).json()) as SendResponse
      for (let turn = 1; turn < 5; turn += 1) {
        await (
          await visitor.request('/api/chat/message', {
            method: 'POST',
            body: { message: `m${turn}`, sessionKey: first.sessionKey },
          })
        ).json()
      }
      const seen: string[] = []
      let before: string | null = null
      do {
        const query: string = before ? `&before=${before}` : ''
        const page = (await (
          await visitor.request(`/api/conversations/${first.sessionKey}/messages?limit=3${query}`)
        ).json()) as { messages: { content: string; role: string }[]; before: string | null }
        seen.unshift(...page.messages.filter(({ role }) => role === 'user').map(({ content }) => content))
        before = page.before
      } while (before)
      expect(seen).toEqual(['m0', 'm1', 'm2', 'm3', 'm4'])
    })

    it('refuses a second message while the first is being answered, and takes it after', async () => {
      const visitor = await gateway.signUp()
      const sessionKey = randomUUID()
      const slow = visitor.request('/api/chat/message', {
        method: 'POST',
        body: { message: 'slow [[wait:400]]', sessionKey },
      })
      await new Promise((resolve) => setTimeout(resolve, 150))
      const early = await visitor.request('/api/chat/message', {
        method: 'POST',
        body: { message: 'early', sessionKey },
      })
      expect(early.status).toBe(409)
      expect((await slow).status).toBe(200)
      expect(
        (
          await visitor.request('/api/chat/message', {
            method: 'POST',
            body: { message: 'later', sessionKey },
          })
        ).status,
      ).toBe(200)
    })
  })
})
