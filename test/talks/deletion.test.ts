import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConversationPage, SendResponse } from '../../src/contract/chat.ts'
import { readEvents } from '../support/events.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { expectProblem } from '../support/problems.ts'

const ENGINES: [Engine, string | null][] = [
  ['pglite', null],
  ['postgres', postgresUnavailable],
]

describe.each(ENGINES)('a deleted conversation, on %s', (engine, unavailable) => {
  describe.skipIf(unavailable)(unavailable ?? 'over HTTP', () => {
    let gateway: TestGateway
    let visitor: Visitor
    beforeAll(async () => {
      gateway = await startTestGateway({ engine })
      visitor = await gateway.signUp()
    })
    afterAll(() => gateway.close())

    const send = async (message: string) =>
      (await (
        await visitor.request('/api/chat/message', { method: 'POST', body: { message } })
      ).json()) as SendResponse
    const remove = (key: string | undefined, at = gateway.url, who = visitor) =>
      who.request(`/api/conversations/${key}`, { method: 'DELETE', at })

    it('is gone for its person, for good, and everything asked of it says so', async () => {
      const { sessionKey: key, message } = await send('delete me')
      const stranger = await gateway.signUp()
      expect(await expectProblem(await remove(key, gateway.url, stranger))).toBe('conversation_not_found')
      const before = await visitor.client.http.json<{ conversationCount: number }>('/api/profile')
      expect((await remove(key)).status).toBe(204)
      const { conversationCount } = await visitor.client.http.json<{ conversationCount: number }>(
        '/api/profile',
      )
      expect(conversationCount).toBe(before.conversationCount - 1)
      const { conversations } = (await (
        await visitor.request('/api/conversations')
      ).json()) as ConversationPage
      expect(conversations.map(({ sessionKey }) => sessionKey)).not.toContain(key)
      const path = `/api/conversations/${key}`
      const asked: [string, string, unknown?][] = [
        ['GET', path],
        ['GET', `${path}/messages`],
        ['GET', `${path}/messages?before=${message.id}`],
        ['GET', `${path}/messages?all=1&before=${message.id}`],
        ['PATCH', path, { title: 'back' }],
        ['DELETE', path],
        ['POST', `${path}/regenerate`, { messageId: message.id }],
        ['POST', `${path}/edit`, { messageId: message.parentId, message: 'again' }],
        ['POST', '/api/chat/message', { message: 'still there?', sessionKey: key }],
      ]
      for (const [method, at, body] of asked) {
        const answer = await visitor.request(at, { method, ...(body ? { body } : {}) })
        expect(await expectProblem(answer, `${method} ${at}`)).toBe('conversation_not_found')
      }
      const attached = await visitor.request(`/api/generations/${message.generationId}/events`)
      expect(attached.status).toBe(410)
      expect(await attached.json()).toMatchObject({ code: 'not_resumable' })
      await expect(
        gateway.db.query('update conversations set deleted = false where session_key = $1', [key]),
      ).rejects.toMatchObject({ code: 'HX003' })
    })

    it('takes the reply under way with it, here and at the upstream', async () => {
      const reading = readEvents(
        await visitor.request('/api/chat/message', {
          method: 'POST',
          body: { message: 'cut me off [[words:500]] [[pace:20]]' },
          accept: 'text/event-stream',
        }),
      )
      await sleep(300)
      const [row] = await gateway.db.query<{ key: string }>(
        'select session_key as key from generations where finished_at is null',
      )
      const askedAt = Date.now()
      expect((await remove(row?.key)).status).toBe(204)
      expect((await reading).at(-1)).toMatchObject({
        event: 'done',
        data: { message: { status: 'stopped' } },
      })
      expect(abortedAt('cut me off') - askedAt).toBeLessThan(1_000)
      await expectSettled(row?.key)
    })

    describe.skipIf(engine === 'pglite')(
      engine === 'pglite' ? 'two instances: PGlite has one owner' : 'with two instances',
      () => {
        it('ends a reply that another instance makes', async () => {
          const other = await gateway.another()
          const reading = readEvents(
            await visitor.request('/api/chat/message', {
              method: 'POST',
              body: { message: 'far away [[words:500]] [[pace:20]]' },
              accept: 'text/event-stream',
            }),
          )
          await sleep(300)
          const [row] = await gateway.db.query<{ key: string }>(
            'select session_key as key from generations where finished_at is null',
          )
          const askedAt = Date.now()
          expect((await remove(row?.key, other.url)).status).toBe(204)
          expect((await reading).at(-1)?.data.message?.status).toBe('stopped')
          expect(abortedAt('far away') - askedAt).toBeLessThan(1_000)
          await expectSettled(row?.key)
        })
      },
    )

    function abortedAt(marker: string): number {
      const call = gateway.stub.requests.find(({ body }) => JSON.stringify(body).includes(marker))
      return call?.abortedAt ?? Number.POSITIVE_INFINITY
    }

    async function expectSettled(key: string | undefined): Promise<void> {
      const rows = await gateway.db.query(
        'select state, finished_at is not null as ended from generations where session_key = $1',
        [key ?? ''],
      )
      expect(rows).toEqual([{ state: 'stopped', ended: true }])
    }
  })
})
