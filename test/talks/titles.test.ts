import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SendResponse } from '../../src/contract/chat.ts'
import { readEvents } from '../support/events.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import type { Behaviour } from '../upstream/behaviour.ts'

const ENGINES: [Engine, string | null][] = [
  ['pglite', null],
  ['postgres', postgresUnavailable],
]

describe.each(ENGINES)('the title of a conversation, on %s', (engine, unavailable) => {
  describe.skipIf(unavailable)(unavailable ?? 'with the strict stub', () => {
    let gateway: TestGateway
    let visitor: Visitor
    /** How the stub treats the next requests for a title. */
    let forTitles: Behaviour = {}
    beforeAll(async () => {
      gateway = await startTestGateway({
        engine,
        stub: {
          behave: ({ body }) =>
            JSON.stringify(body.system).includes('Write a title') ? forTitles : undefined,
        },
      })
      visitor = await gateway.signUp()
    })
    afterAll(() => gateway.close())

    const send = async (message: string, sessionKey?: string) =>
      (await (
        await visitor.request('/api/chat/message', { method: 'POST', body: { message, sessionKey } })
      ).json()) as SendResponse
    const title = async (key: string) => (await visitor.client.conversations.get(key)).title
    const generations = (key: string) =>
      gateway.db.query<{ id: string; state: string; intent_seq: number }>(
        `select id, state, intent_seq from generations where session_key = $1 and purpose = 'title'`,
        [key],
      )
    const settled = (key: string) =>
      expect
        .poll(async () => (await generations(key)).map(({ state }) => state), { timeout: 5_000 })
        .not.toContain('pending')
    const askedFor = (marker: string) =>
      gateway.stub.requests.filter(({ body }) => {
        const text = JSON.stringify(body)
        return text.includes('Write a title') && text.includes(marker)
      })

    it('is the first words, then what the small model makes of two turns, once, logged and paid for', async () => {
      const [first] = await readEvents(await visitor.request('/api/events'), () => true)
      const { sessionKey: key } = await send(
        '# Planning **walks**\nalong the river in Lyon, with the children and a dog',
      )
      expect(await title(key)).toBe('Planning walks along the river in Lyon, with the children…')
      expect(askedFor('Planning')).toHaveLength(0)
      await send('and where to eat', key)
      await expect.poll(() => title(key), { timeout: 5_000 }).toBe('About # Planning walks')
      await settled(key)
      for (const more of ['third', 'fourth', 'fifth']) await send(more, key)
      expect(askedFor('Planning')).toHaveLength(1)
      const [generation] = await generations(key)
      expect(generation?.state).toBe('complete')
      const usage = await gateway.db.query(
        'select purpose, model from usage_ledger where generation_id = $1',
        [generation?.id ?? ''],
      )
      expect(usage).toEqual([{ purpose: 'title', model: 'claude-haiku-5-5' }])
      const entries = await gateway.db.query<{ kind: string }>(
        `select kind from audit_entries where data ->> 'generation' = $1 order by seq`,
        [generation?.id ?? ''],
      )
      expect(entries.map(({ kind }) => kind)).toEqual(['claude.request', 'claude.response'])
      const told = await readEvents(
        await visitor.request('/api/events', { headers: { 'last-event-id': String(first?.id) } }),
        ({ event }) => event === 'conversation.renamed',
      )
      expect(told.find(({ event }) => event === 'conversation.renamed')?.data).toMatchObject({
        sessionKey: key,
        title: 'About # Planning walks',
      })
    })

    it('is never worded over one that the person gave, before or meanwhile', async () => {
      const early = await send('renamed early')
      await visitor.client.conversations.rename(early.sessionKey, 'Mine')
      await send('second', early.sessionKey)
      forTitles = { waitMs: 400 }
      const late = await send('renamed late')
      await send('second', late.sessionKey)
      await expect.poll(() => askedFor('renamed late').length).toBe(1)
      await visitor.client.conversations.rename(late.sessionKey, 'Mine too')
      await settled(late.sessionKey)
      forTitles = {}
      await sleep(100)
      expect(await title(early.sessionKey)).toBe('Mine')
      expect(askedFor('renamed early')).toHaveLength(0)
      expect(await title(late.sessionKey)).toBe('Mine too')
      expect((await generations(late.sessionKey))[0]?.state).toBe('complete')
    })

    it('delays nobody, and stays the first words when the model fails or says nothing useful', async () => {
      for (const [marker, behaviour, state] of [
        ['slow', { waitMs: 1_500 }, 'complete'],
        ['failing', { fault: 'clean-end' }, 'failed'],
        ['empty', { reply: '""' }, 'complete'],
        ['endless', { reply: 'word '.repeat(400) }, 'failed'],
      ] as const) {
        forTitles = behaviour
        const { sessionKey: key } = await send(`${marker} one`)
        const began = performance.now()
        await send(`${marker} two`, key)
        await send(`${marker} three`, key)
        if (marker === 'slow') expect(performance.now() - began).toBeLessThan(1_200)
        await expect.poll(async () => (await generations(key))[0]?.state, { timeout: 10_000 }).toBe(state)
        expect(await title(key)).toBe(marker === 'slow' ? 'About slow one' : `${marker} one`)
        await send(`${marker} four`, key)
        expect(await generations(key)).toHaveLength(1)
      }
      forTitles = {}
    })

    it('is given up with its conversation, and settled when its process is gone', async () => {
      forTitles = { waitMs: 3_000 }
      const doomed = await send('doomed one')
      await send('doomed two', doomed.sessionKey)
      await expect.poll(() => askedFor('doomed').length).toBe(1)
      await visitor.client.conversations.remove(doomed.sessionKey)
      await expect.poll(async () => (await generations(doomed.sessionKey))[0]?.state).toBe('failed')
      const orphan = await send('orphan one')
      await send('orphan two', orphan.sessionKey)
      await expect.poll(() => askedFor('orphan').length).toBe(1)
      await gateway.db.query(
        `update generations set instance = 'gone', lease_token = lease_token + 1, lease_until = now() - interval '1 s'
         where session_key = $1 and purpose = 'title'`,
        [orphan.sessionKey],
      )
      await expect
        .poll(async () => (await generations(orphan.sessionKey))[0]?.state, { timeout: 10_000 })
        .toBe('interrupted')
      forTitles = {}
      await send('orphan three', orphan.sessionKey)
      await sleep(200)
      expect(await title(orphan.sessionKey)).toBe('orphan one')
      expect(await generations(orphan.sessionKey)).toHaveLength(1)
    }, 30_000)
  })
})
