import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MessagePage, SendResponse } from '../../src/contract/chat.ts'
import { readEvents, shownText, type WireEvent } from '../support/events.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'

const ENGINES: [Engine, string | null][] = [
  ['pglite', null],
  ['postgres', postgresUnavailable],
]

describe.each(ENGINES)('a reply as a durable object, on %s', (engine, unavailable) => {
  describe.skipIf(unavailable)(unavailable ?? 'with the strict stub', () => {
    let gateway: TestGateway
    let visitor: Visitor
    beforeAll(async () => {
      gateway = await startTestGateway({ engine })
      visitor = await gateway.signUp()
    })
    afterAll(() => gateway.close())

    const stream = (message: string) =>
      visitor.request('/api/chat/message', { method: 'POST', body: { message }, accept: 'text/event-stream' })
    const attach = (id: string | undefined, lastEventId?: number, at?: string) =>
      visitor.request(`/api/generations/${id}/events`, {
        ...(lastEventId === undefined ? {} : { headers: { 'last-event-id': String(lastEventId) } }),
        ...(at ? { at } : {}),
      })
    const afterDeltas = (count: number) => {
      let seen = 0
      return ({ event }: WireEvent) => event === 'delta' && ++seen === count
    }
    const callFor = (marker: string) =>
      gateway.stub.requests.find(({ body }) => JSON.stringify(body).includes(marker))
    const stored = async (key: string | undefined) =>
      ((await (await visitor.request(`/api/conversations/${key}/messages`)).json()) as MessagePage).messages

    it('goes on when its reader hangs up, and is there whole when they come back', async () => {
      const seen = await readEvents(await stream('hangup [[words:60]] [[pace:10]]'), afterDeltas(3))
      const { generationId, sessionKey } = seen[0]?.data ?? {}
      const rest = await readEvents(await attach(generationId, seen.at(-1)?.id))
      expect(rest[0]?.id).toBe((seen.at(-1)?.id ?? 0) + 1)
      expect(rest.at(-1)?.event).toBe('done')
      const call = callFor('hangup [[')
      expect(shownText(seen) + shownText(rest)).toBe(call?.reply)
      expect(call?.abortedAt).toBeNull()
      expect((await stored(sessionKey)).at(-1)).toMatchObject({ status: 'complete', content: call?.reply })
    })

    it('is followed from many places at once, each without a lost or doubled character', async () => {
      const first = readEvents(await stream('many [[words:80]] [[pace:8]]'))
      await sleep(200)
      const generationId = callFor('many [[') && (await latestGeneration())
      const readers = await Promise.all(
        Array.from({ length: 6 }, async (_, place) => {
          await sleep(place * 60)
          return readEvents(await attach(generationId))
        }),
      )
      const whole = shownText(await first)
      for (const events of readers) {
        expect(events[0]?.event).toBe('snapshot')
        expect(shownText(events)).toBe(whole)
      }
    })

    it('starts over with a snapshot for an event id it never gave out', async () => {
      const events = await readEvents(await stream('unknown id [[words:10]]'))
      const { generationId } = events[0]?.data ?? {}
      const again = await readEvents(await attach(generationId, 99_999))
      expect(again.map(({ event }) => event)).toEqual(['snapshot', 'done'])
      expect(shownText(again)).toBe(shownText(events))
    })

    it('stops within a second at the upstream too, and keeps what was said', async () => {
      const response = await stream('stop me [[words:500]] [[pace:20]]')
      const reading = readEvents(response)
      await sleep(300)
      const generationId = await latestGeneration()
      const askedAt = Date.now()
      const answer = await visitor.request(`/api/generations/${generationId}/stop`, { method: 'POST' })
      expect(answer.status).toBe(200)
      const events = await reading
      expect(events.at(-1)).toMatchObject({
        event: 'done',
        data: { message: { status: 'stopped', content: shownText(events) } },
      })
      expect(events.at(-1)?.data.usage).toMatchObject({ estimated: true })
      const call = callFor('stop me [[')
      expect((call?.abortedAt ?? Number.POSITIVE_INFINITY) - askedAt).toBeLessThan(1_000)
      const replay = (await (
        await visitor.request(`/api/generations/${generationId}/stop`, { method: 'POST' })
      ).json()) as SendResponse
      expect(replay.message.status).toBe('stopped')
    })

    it('keeps the prompt of the next turn byte-identical up to its end, so that Claude reads it from its cache', async () => {
      const long = 'cache me '.repeat(2_000)
      const first = (await (
        await visitor.request('/api/chat/message', { method: 'POST', body: { message: `prefix ${long}` } })
      ).json()) as SendResponse
      const second = (await (
        await visitor.request('/api/chat/message', {
          method: 'POST',
          body: { message: 'prefix next', sessionKey: first.sessionKey },
        })
      ).json()) as SendResponse
      type Body = { system: unknown; messages: unknown[] }
      const bodies = gateway.stub.requests
        .map(({ body }) => body as Body)
        .filter((body) => JSON.stringify(body).includes(`prefix ${long.slice(0, 40)}`))
      expect(bodies).toHaveLength(2)
      expect(JSON.stringify(bodies[1]?.system)).toBe(JSON.stringify(bodies[0]?.system))
      expect(JSON.stringify(bodies[1]?.messages[0])).toBe(JSON.stringify(bodies[0]?.messages[0]))
      expect(first.usage.cacheCreationInputTokens).toBeGreaterThan(1_000)
      expect(second.usage.cacheReadInputTokens).toBeGreaterThan(1_000)
      expect(second.usage.costNanoUsd).toBeLessThan(first.usage.costNanoUsd ?? 0)
    })

    it('tells nobody else that it exists', async () => {
      const stranger = await gateway.signUp()
      await readEvents(await stream('private [[words:5]]'))
      const generationId = await latestGeneration()
      for (const [method, path] of [
        ['GET', 'events'],
        ['POST', 'stop'],
      ] as const) {
        const response = await stranger.request(`/api/generations/${generationId}/${path}`, { method })
        expect(response.status).toBe(404)
        expect(await response.json()).toMatchObject({ code: 'generation_not_found' })
      }
    })

    it('answers 410 once its conversation was deleted', async () => {
      const events = await readEvents(await stream('deleted [[words:5]]'))
      const { generationId, sessionKey } = events[0]?.data ?? {}
      await gateway.db.query('update conversations set deleted = true where session_key = $1', [
        sessionKey ?? '',
      ])
      const response = await attach(generationId)
      expect(response.status).toBe(410)
      expect(await response.json()).toMatchObject({ code: 'not_resumable' })
    })

    describe.skipIf(engine === 'pglite')(
      engine === 'pglite' ? 'two instances: PGlite has one owner' : 'with two instances',
      () => {
        it('is followed and stopped from another instance, in under a second', async () => {
          const other = await gateway.another()
          const reading = readEvents(await stream('elsewhere [[words:500]] [[pace:20]]'))
          await sleep(300)
          const generationId = await latestGeneration()
          const there = readEvents(await attach(generationId, undefined, other.url))
          await sleep(400)
          const askedAt = Date.now()
          const stopped = await visitor.request(`/api/generations/${generationId}/stop`, {
            method: 'POST',
            at: other.url,
          })
          expect(stopped.status).toBe(200)
          expect((callFor('elsewhere [[')?.abortedAt ?? Number.POSITIVE_INFINITY) - askedAt).toBeLessThan(
            1_000,
          )
          const [here, elsewhere] = [await reading, await there]
          expect(shownText(elsewhere)).toBe(shownText(here))
          expect(elsewhere.at(-1)).toMatchObject({ event: 'done', data: { message: { status: 'stopped' } } })
        })

        it('is taken over when its instance is gone, under event numbers nobody has seen', async () => {
          const events = await readEvents(await stream('orphan [[words:500]] [[pace:20]]'), afterDeltas(10))
          const { generationId } = events[0]?.data ?? {}
          await sleep(100)
          await gateway.db.query(
            `update generations set instance = 'gone', lease_token = lease_token + 1, lease_until = now() - interval '1 s' where id = $1`,
            [generationId ?? ''],
          )
          const rest = await readEvents(await attach(generationId, events.at(-1)?.id))
          expect(rest.at(-1)).toMatchObject({
            event: 'error',
            data: { code: 'interrupted', message: { status: 'interrupted' } },
          })
          const shown = rest.some(({ event }) => event === 'snapshot')
            ? shownText(rest)
            : shownText(events) + shownText(rest)
          expect(rest.at(-1)?.data.message?.content).toBe(shown)
          expect(rest.at(-1)?.id).toBeGreaterThan(100_000)
          expect(callFor('orphan [[')?.abortedAt).not.toBeNull()
        })
      },
    )

    async function latestGeneration(): Promise<string> {
      const [row] = await gateway.db.query<{ id: string }>(
        'select id from generations where user_id = $1 order by created_at desc limit 1',
        [visitor.userId],
      )
      return row?.id ?? ''
    }
  })
})

describe('a gateway that is told to stop', () => {
  it('lets replies finish within the budget, cuts the rest with a warning, and settles all of them', async () => {
    const gateway = await startTestGateway({ engine: 'pglite', settings: { timeouts: { drainMs: 600 } } })
    const visitor = await gateway.signUp()
    const send = (message: string) =>
      visitor.request('/api/chat/message', { method: 'POST', body: { message }, accept: 'text/event-stream' })
    const short = readEvents(await send('short [[words:20]] [[pace:10]]'))
    const long = readEvents(await send('long [[words:2000]] [[pace:20]]'))
    await sleep(150)
    const closing = gateway.running.close()
    await sleep(50)
    const ready = await fetch(`${gateway.url}/health/ready`)
    expect(ready.status).toBe(503)
    expect(await (await fetch(`${gateway.url}/health`)).json()).toMatchObject({ status: 'draining' })
    const refused = await send('too late')
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('2')
    expect(refused.headers.get('connection')).toBe('close')
    expect(await refused.json()).toMatchObject({ code: 'draining' })
    expect((await short).at(-1)).toMatchObject({ event: 'done', data: { message: { status: 'complete' } } })
    const cut = await long
    expect(cut.map(({ event }) => event)).toContain('draining')
    expect(cut.at(-1)).toMatchObject({
      event: 'error',
      data: { code: 'interrupted', message: { status: 'interrupted', content: shownText(cut) } },
    })
    await closing
    await gateway.close()
  })
})

describe('a conversation that outgrows its model', () => {
  it('is summarised at a turn boundary; later prompts start from the summary and nothing is deleted', async () => {
    const gateway = await startTestGateway({
      engine: 'pglite',
      stub: {
        behave: ({ body }) =>
          JSON.stringify(body).includes('<transcript>') ? { reply: 'THE SUMMARY of it all' } : undefined,
      },
    })
    const visitor = await gateway.signUp()
    const send = async (message: string, sessionKey?: string, model = 'claude-haiku-4-5') =>
      (await (
        await visitor.request('/api/chat/message', {
          method: 'POST',
          body: { message, model, ...(sessionKey ? { sessionKey } : {}) },
        })
      ).json()) as SendResponse
    const first = await send(`${'long words '.repeat(17_500)}`)
    let sessionKey = first.sessionKey
    for (let turn = 0; turn < 4; turn += 1)
      sessionKey = (await send(`${'more words '.repeat(17_500)}`, sessionKey)).sessionKey
    await expect
      .poll(async () => (await gateway.db.query('select 1 from conversation_summaries')).length, {
        timeout: 10_000,
      })
      .toBeGreaterThan(0)
    await send('what did I say?', sessionKey)
    const last = gateway.stub.requests.at(-1)?.body as { system: { text: string }[]; messages: unknown[] }
    expect(last.system.at(-1)?.text).toContain('THE SUMMARY of it all')
    expect(last.messages.length).toBeLessThan(4)
    const all = (await (
      await visitor.request(`/api/conversations/${sessionKey}/messages?limit=200`)
    ).json()) as MessagePage
    expect(all.messages).toHaveLength(12)
    const open = await gateway.db.query('select 1 from generations where finished_at is null')
    expect(open).toHaveLength(0)
    await gateway.close()
  }, 60_000)
})
