import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Conversation, Message, MessagePage, SendResponse } from '../../src/contract/chat.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { expectProblem } from '../support/problems.ts'

const ENGINES: [Engine, string | null][] = [
  ['pglite', null],
  ['postgres', postgresUnavailable],
]

describe.each(ENGINES)('the branches of a conversation, on %s', (engine, unavailable) => {
  describe.skipIf(unavailable)(unavailable ?? 'over HTTP', () => {
    let gateway: TestGateway
    let visitor: Visitor
    beforeAll(async () => {
      gateway = await startTestGateway({ engine })
      visitor = await gateway.signUp()
    })
    afterAll(() => gateway.close())

    const post = async (path: string, body: unknown) => {
      const answer = await visitor.request(path, { method: 'POST', body })
      expect(answer.status).toBe(200)
      return (await answer.json()) as SendResponse
    }
    const send = (message: string, sessionKey?: string) => post('/api/chat/message', { message, sessionKey })
    const regenerate = (key: string, messageId: string) =>
      post(`/api/conversations/${key}/regenerate`, { messageId })
    const edit = (key: string, messageId: string, message: string) =>
      post(`/api/conversations/${key}/edit`, { messageId, message })
    const patch = (key: string, body: unknown, who = visitor) =>
      who.request(`/api/conversations/${key}`, { method: 'PATCH', body })
    const page = async (key: string, query = '') =>
      (await (await visitor.request(`/api/conversations/${key}/messages${query}`)).json()) as MessagePage
    const line = async (key: string) => (await page(key)).messages
    const ids = (messages: readonly Message[]) => messages.map(({ id }) => id)

    it('are told with each message: a reply asked for again, a message reworded, the first one too', async () => {
      const first = await send('one')
      const key = first.sessionKey
      const second = await send('two', key)
      const again = await regenerate(key, second.message.id)
      expect(again.message.siblings).toEqual({ ids: [second.message.id, again.message.id], index: 1 })
      const [one, , two] = await line(key)
      const reworded = await edit(key, two?.id ?? '', 'two, reworded')
      const now = await line(key)
      expect(now.map(({ siblings }) => [siblings.ids.length, siblings.index])).toEqual([
        [1, 0],
        [1, 0],
        [2, 1],
        [1, 0],
      ])
      expect(now[2]?.siblings.ids[0]).toBe(two?.id)
      expect(now.at(-1)?.id).toBe(reworded.message.id)
      await edit(key, one?.id ?? '', 'one, reworded')
      const anew = await line(key)
      expect(anew.map(({ role }) => role)).toEqual(['user', 'assistant'])
      expect(anew[0]?.siblings).toMatchObject({ ids: [one?.id, anew[0]?.id], index: 1 })
    })

    it('are shown from any of their messages to the end that was written last', async () => {
      const { sessionKey: key } = await send('root')
      const old = await send('old line', key)
      const oldLine = ids(await line(key))
      await send('old line goes on', key)
      const end = ids(await line(key))
      const other = await edit(key, oldLine[2] ?? '', 'new line')
      const changed = (await (await patch(key, { activeMessageId: oldLine[2] })).json()) as Conversation
      expect(changed.activeMessageId).toBe(end.at(-1))
      expect(ids(await line(key))).toEqual(end)
      await patch(key, { activeMessageId: other.message.id })
      expect(ids(await line(key)).at(-1)).toBe(other.message.id)
      // From the root on, the new line was written last.
      await patch(key, { activeMessageId: old.message.id })
      await patch(key, { activeMessageId: oldLine[0] })
      expect(ids(await line(key)).at(-1)).toBe(other.message.id)
      const next = await send('and on', key)
      const tail = await line(key)
      expect(tail.slice(-3).map(({ id }) => id)).toEqual([other.message.id, tail.at(-2)?.id, next.message.id])
    })

    it('page upwards along the line the page began with, whichever is shown by then', async () => {
      const { sessionKey: key } = await send('page 1')
      for (const place of [2, 3, 4]) await send(`page ${place}`, key)
      const whole = ids(await line(key))
      const newest = await page(key, '?limit=3')
      expect(ids(newest.messages)).toEqual(whole.slice(-3))
      await edit(key, whole[2] ?? '', 'another second')
      const middle = await page(key, `?limit=3&before=${newest.before}`)
      expect(ids(middle.messages)).toEqual(whole.slice(2, 5))
      expect(middle.messages[0]?.siblings.ids).toHaveLength(2)
      const oldest = await page(key, `?limit=3&before=${middle.before}`)
      expect(ids(oldest.messages)).toEqual(whole.slice(0, 2))
      expect(oldest.before).toBeNull()
      const all = await page(key, '?all=true&limit=200')
      expect(all.messages).toHaveLength(10)
    })

    it('take a title of one line, which Helix never replaces, and refuse what names no branch', async () => {
      const { sessionKey: key, message } = await send('title me')
      const renamed = (await (
        await patch(key, { title: '  Mine,\n\u0007 and\u0000 mine  ' })
      ).json()) as Conversation
      expect(renamed.title).toBe('Mine, and mine')
      const [row] = await gateway.db.query('select title_by from conversations where session_key = $1', [key])
      expect(row).toEqual({ title_by: 'person' })
      const elsewhere = await send('elsewhere')
      for (const activeMessageId of [randomUUID(), elsewhere.message.id])
        expect(await expectProblem(await patch(key, { activeMessageId }))).toBe('message_not_found')
      for (const body of [{}, { title: '' }, { title: ' \n ' }, { title: 'x'.repeat(501) }, { title: null }])
        expect(await expectProblem(await patch(key, body))).toBe('request_invalid')
      const stranger = await gateway.signUp()
      for (const body of [{ title: 'theirs' }, { activeMessageId: message.id }])
        expect(await expectProblem(await patch(key, body, stranger))).toBe('conversation_not_found')
      expect((await visitor.client.conversations.rename(key, 'By the client')).title).toBe('By the client')
    })
  })
})
