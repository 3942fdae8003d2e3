import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SendResponse } from '../../src/contract/chat.ts'
import { readEvents, type WireEvent } from '../support/events.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { expectProblem } from '../support/problems.ts'

const ENGINES: [Engine, string | null][] = [
  ['pglite', null],
  ['postgres', postgresUnavailable],
]

describe.each(ENGINES)('the feed of what changes, on %s', (engine, unavailable) => {
  describe.skipIf(unavailable)(unavailable ?? 'over HTTP', () => {
    let gateway: TestGateway
    let visitor: Visitor
    beforeAll(async () => {
      gateway = await startTestGateway({ engine })
      visitor = await gateway.signUp()
    })
    afterAll(() => gateway.close())

    const open = (lastEventId?: number | string, at = gateway.url, who = visitor) =>
      who.request('/api/events', {
        at,
        ...(lastEventId === undefined ? {} : { headers: { 'last-event-id': String(lastEventId) } }),
      })
    const follow = async (until: (event: WireEvent) => boolean, lastEventId?: number, at?: string) =>
      readEvents(await open(lastEventId, at), until)
    const named = (name: string) => (event: WireEvent) => event.event === name
    const send = async (message: string, sessionKey?: string, at = gateway.url) =>
      (await (
        await visitor.request('/api/chat/message', { method: 'POST', body: { message, sessionKey }, at })
      ).json()) as SendResponse
    /** The feed up to now, and its last number. */
    const head = async () => (await follow(() => true))[0]?.id ?? 0

    it('tells a turn from its first message on, with the ids another device needs, in order', async () => {
      const before = await head()
      const { sessionKey, message } = await send('hello there')
      const events = await follow(named('reply.finished'), before)
      expect(events.map(({ event }) => event)).toEqual([
        'ready',
        'conversation.created',
        'message.added',
        'reply.started',
        'reply.finished',
      ])
      expect(events.map(({ id }) => id)).toEqual([before, before + 1, before + 2, before + 3, before + 4])
      const ids = { generationId: message.generationId, messageId: message.id }
      expect(events[1]?.data).toMatchObject({ sessionKey, title: 'hello there' })
      expect(events[2]?.data).toMatchObject({ sessionKey, messageId: message.parentId, role: 'user' })
      expect(events[3]?.data).toMatchObject({ sessionKey, ...ids, userMessageId: message.parentId })
      expect(events[4]?.data).toMatchObject({ sessionKey, ...ids, status: 'complete' })
    })

    it('tells of titles, branches, deletions and the profile, also when they are written past the gateway', async () => {
      const first = await send('to be changed')
      const key = first.sessionKey
      const again = (await (
        await visitor.request(`/api/conversations/${key}/regenerate`, {
          method: 'POST',
          body: { messageId: first.message.id },
        })
      ).json()) as SendResponse
      const before = await head()
      const watching = follow(named('conversation.deleted'), before)
      await visitor.request(`/api/conversations/${key}`, { method: 'PATCH', body: { title: 'Renamed' } })
      const switched = { activeMessageId: first.message.id }
      await visitor.request(`/api/conversations/${key}`, { method: 'PATCH', body: switched })
      await visitor.request(`/api/conversations/${key}`, { method: 'PATCH', body: switched })
      const claims = { sub: visitor.userId, role: 'authenticated' }
      await gateway.db.transaction({ role: 'authenticated', claims }, async (tx) => {
        await tx.query(`update conversations set title = 'Past it' where session_key = $1`, [key])
        await tx.query(`update user_profiles set display_name = 'Ada' where user_id = $1`, [visitor.userId])
      })
      // Nobody said that these were written; they are found within a second.
      await sleep(1_200)
      await visitor.request(`/api/conversations/${key}`, { method: 'DELETE' })
      const events = (await watching).slice(1)
      expect(events.map(({ event, data }) => [event, data])).toMatchObject([
        ['conversation.renamed', { sessionKey: key, title: 'Renamed' }],
        ['conversation.switched', { sessionKey: key, activeMessageId: first.message.id }],
        ['conversation.renamed', { sessionKey: key, title: 'Past it' }],
        ['profile.changed', {}],
        ['conversation.deleted', { sessionKey: key }],
      ])
      expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((place) => before + place))
      expect(again.message.siblings.ids).toHaveLength(2)
    })

    it('keeps its numbers and shows nothing of a conversation once it is deleted', async () => {
      const before = await head()
      const { sessionKey } = await send('a secret title')
      await visitor.request(`/api/conversations/${sessionKey}`, { method: 'DELETE' })
      await send('a marker')
      const events = await follow(({ data }) => Object.values(data).includes('a marker'), before)
      expect(JSON.stringify(events)).not.toContain('secret')
      expect(events.slice(1).map(({ id }) => id)).toEqual(
        events.slice(1).map((_, place) => before + place + 1),
      )
      expect(events.filter(({ data }) => data.sessionKey === sessionKey).map(({ event }) => event)).toEqual(
        Array(5).fill('conversation.deleted'),
      )
    })

    it('goes on exactly where a reader was, however often it comes back', async () => {
      const before = await head()
      const sending = (async () => {
        let key: string | undefined
        for (let turn = 0; turn < 6; turn += 1) key = (await send(`turn ${turn}`, key)).sessionKey
      })()
      const seen: (number | undefined)[] = []
      // The conversation, three events a turn, and the title that the model words in between.
      const total = 1 + 6 * 3 + 1
      for (let cursor = before; cursor < before + total; ) {
        const got = (await follow(({ event }) => event !== 'ready', cursor)).filter(
          ({ event }) => event !== 'ready',
        )
        seen.push(...got.map(({ id }) => id))
        cursor = got.at(-1)?.id ?? cursor
      }
      await sending
      expect(seen).toEqual(Array.from({ length: total }, (_, place) => before + 1 + place))
    })

    it('starts a reader over whose number was never given out, or is too old', async () => {
      const now = await head()
      for (const strange of [now + 1, 'x', '-1', '9'.repeat(40)]) {
        const [first] = await readEvents(await open(strange), () => true)
        expect(first).toEqual({ event: 'reset', id: now, data: { seq: now } })
      }
      await gateway.db.query(
        `update user_events set at = now() - interval '25 hours' where user_id = $1 and seq <= $2`,
        [visitor.userId, now - 2],
      )
      await gateway.db.query('select helix.prune_events(10000)')
      const kept = await gateway.db.query('select 1 from user_events where user_id = $1', [visitor.userId])
      expect(kept).toHaveLength(2)
      expect((await readEvents(await open(now - 3), () => true))[0]?.event).toBe('reset')
      const rest = await follow(({ id }) => id === now, now - 2)
      expect(rest.map(({ id }) => id)).toEqual([now - 2, now - 1, now])
      expect((await readEvents(await open(now), () => true))[0]).toMatchObject({ event: 'ready', id: now })
    })

    it('is nobody else’s, and says what it does not take', async () => {
      const stranger = await gateway.signUp()
      const theirs = await readEvents(await open(undefined, gateway.url, stranger), () => true)
      expect(theirs[0]).toMatchObject({ event: 'ready', id: 0 })
      const watching = readEvents(await open(0, gateway.url, stranger), named('reply.finished'))
      await send('not for strangers')
      await stranger.request('/api/chat/message', { method: 'POST', body: { message: 'mine' } })
      const told = await watching
      expect(told.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4])
      expect(await expectProblem(await visitor.request('/api/events?since=1'))).toBe('request_invalid')
      expect((await visitor.request('/api/events', { method: 'HEAD' })).status).toBe(200)
    })

    it('numbers what many conversations do at once without a gap or a double', async () => {
      const before = await head()
      await Promise.all(Array.from({ length: 7 }, (_, place) => send(`at once ${place}`)))
      const seqs = await gateway.db.query<{ seq: number }>(
        'select seq from user_events where user_id = $1 and seq > $2 order by seq',
        [visitor.userId, before],
      )
      expect(seqs.map(({ seq }) => seq)).toEqual(Array.from({ length: 28 }, (_, place) => before + 1 + place))
    })

    it('lets a reader that is far behind catch up from the database', async () => {
      const before = await head()
      await gateway.db.query(
        `select helix.tell(array_agg($1::uuid), array_agg('profile.changed'::text), array_agg(null::text),
           array_agg('{}'::jsonb)) from generate_series(1, 1000)`,
        [visitor.userId],
      )
      const events = await follow(({ id }) => id === before + 1_000, before)
      expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 1_001 }, (_, place) => before + place))
    })

    describe.skipIf(engine === 'pglite')(
      engine === 'pglite' ? 'two instances: PGlite has one owner' : 'with two instances',
      () => {
        it('reaches a device at the other one in time, and goes on there', async () => {
          const other = await gateway.another()
          const before = await head()
          const late: number[] = []
          const watching = readEvents(await open(before, other.url), ({ event, data }) => {
            if ('at' in data) late.push(Date.now() - Date.parse(String(data.at)))
            return event === 'reply.finished'
          })
          await sleep(50)
          await send('over there')
          expect((await watching).map(({ id }) => id)).toEqual([0, 1, 2, 3, 4].map((n) => before + n))
          expect(Math.max(...late)).toBeLessThan(250)
          const here = await follow(named('reply.finished'), before + 2)
          expect(here.map(({ id }) => id)).toEqual([before + 2, before + 3, before + 4])
        })
      },
    )
  })
})

describe('a gateway that is told to stop', () => {
  it('warns the readers of feeds, ends their streams at once, and opens no more', async () => {
    const gateway = await startTestGateway({ engine: 'pglite', settings: { timeouts: { drainMs: 2_000 } } })
    const visitor = await gateway.signUp()
    const watching = readEvents(await visitor.request('/api/events'))
    void visitor.request('/api/chat/message', {
      method: 'POST',
      body: { message: '[[words:40]] [[pace:20]]' },
    })
    await sleep(200)
    const closing = gateway.running.close()
    expect((await watching).at(-1)).toMatchObject({ event: 'draining', data: { retryAfterMs: 2_000 } })
    const refused = await visitor.request('/api/events')
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ code: 'draining' })
    await closing
    await gateway.close()
  })
})
