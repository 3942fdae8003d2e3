import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Message, MessagePage, SendResponse } from '../../src/contract/chat.ts'
import { onEachGateway } from '../support/each-gateway.ts'
import type { Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'

onEachGateway('the places of a conversation', (gateway) => {
  let visitor: Visitor
  let key: string
  let line: Message[]

  const at = (query: string, who = visitor) => who.request(`/api/conversations/${key}/messages?${query}`)
  const page = async (query: string) => {
    const answer = await at(query)
    expect(answer.status).toBe(200)
    return (await answer.json()) as MessagePage
  }
  const contents = ({ messages }: MessagePage) => messages.map(({ content }) => Number(content))
  const id = (index: number) => line[index]?.id ?? ''

  /** Sixty messages, numbered, each following the one before. */
  beforeAll(async () => {
    visitor = await gateway().signUp()
    const first = (await (
      await visitor.request('/api/chat/message', { method: 'POST', body: { message: 'begin' } })
    ).json()) as SendResponse
    key = first.sessionKey
    let parent = first.message.id
    for (let index = 0; index < 60; index += 1) {
      const next = randomUUID()
      await gateway().db.query(
        `insert into public.session_messages (id, user_id, session_key, role, content, status, parent_id)
         values ($1, $2, $3, $4, $5, 'complete', $6)`,
        [next, visitor.userId, key, index % 2 === 0 ? 'user' : 'assistant', String(index), parent],
      )
      parent = next
    }
    await gateway().db.query(
      'update public.conversations set active_message_id = $1 where session_key = $2',
      [parent, key],
    )
    line = (await page('limit=60')).messages
  })

  it('are around a message: as many before it as after it', async () => {
    const middle = await page(`limit=11&around=${id(30)}`)
    expect(contents(middle)).toEqual([25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35])
    expect([middle.before, middle.after]).toEqual([id(25), id(35)])
  })

  it('lead on in both directions without a gap and without a message twice', async () => {
    const seen = [await page(`limit=7&around=${id(30)}`)]
    while (seen[0]?.before) seen.unshift(await page(`limit=7&before=${seen[0].before}`))
    while (seen.at(-1)?.after) seen.push(await page(`limit=7&after=${seen.at(-1)?.after}`))
    const all = seen.flatMap(({ messages }) => messages.map((message) => message.id))
    expect(all).toHaveLength(62)
    expect(all.slice(2)).toEqual(line.map((message) => message.id))
  })

  it('end where the line ends', async () => {
    expect(await page('limit=3')).toMatchObject({ after: null, before: id(57) })
    expect(await page(`limit=9&around=${id(59)}`)).toMatchObject({ after: null, before: id(55) })
    expect(await page(`after=${id(59)}`)).toMatchObject({ messages: [], after: null })
    expect(contents(await page(`after=${id(57)}&limit=5`))).toEqual([58, 59])
    expect((await page(`before=${id(3)}&limit=2`)).after).toBe(id(2))
  })

  it('are on the line that is shown, and nowhere else', async () => {
    const branch = randomUUID()
    await gateway().db.query(
      `insert into public.session_messages (id, user_id, session_key, role, content, status, parent_id)
       values ($1, $2, $3, 'user', '99', 'complete', $4)`,
      [branch, visitor.userId, key, id(57)],
    )
    await expectProblem(await at(`around=${branch}`), 'message_not_found')
    await expectProblem(await at(`after=${branch}`), 'request_invalid')
    await expectProblem(await at(`around=${randomUUID()}`), 'message_not_found')
    await visitor.request(`/api/conversations/${key}`, { method: 'PATCH', body: { activeMessageId: branch } })
    expect(contents(await page(`around=${branch}&limit=3`))).toEqual([57, 99])
    await expectProblem(await at(`around=${id(59)}`), 'message_not_found')
    await visitor.request(`/api/conversations/${key}`, { method: 'PATCH', body: { activeMessageId: id(59) } })
  })

  it('are nobody else’s', async () => {
    const stranger = await gateway().signUp()
    await expectProblem(await at(`around=${id(30)}`, stranger), 'conversation_not_found')
    await expectProblem(await at(`after=${id(30)}`, stranger), 'conversation_not_found')
  })

  it('are asked for one at a time', async () => {
    await expectProblem(await at(`around=${id(3)}&after=${id(3)}`), 'request_invalid')
    await expectProblem(await at(`after=${id(3)}&all=true`), 'request_invalid')
  })

  describe('tell', () => {
    it('up to where a summary speaks in later prompts', async () => {
      await gateway().db.query(
        `insert into public.conversation_summaries (user_id, session_key, upto_message_id, content, model)
         values ($1, $2, $3, 'what was said', 'claude-haiku-5-5')`,
        [visitor.userId, key, id(20)],
      )
      const said = (of: MessagePage) =>
        of.messages.filter(({ summarised }) => summarised).map((one) => one.id)
      expect(said(await page('limit=60'))).toEqual([id(20)])
      expect(said(await page(`around=${id(20)}&limit=5`))).toEqual([id(20)])
    })

    it('that the answer to a message is a secret', async () => {
      await gateway().db.query(
        `update public.session_messages set metadata = '{"secretNext": true}' where id = $1`,
        [id(41)],
      )
      const { messages } = await page('limit=60')
      expect(messages.filter(({ secretNext }) => secretNext).map((one) => one.id)).toEqual([id(41)])
    })

    it('how much a reply’s model can read', async () => {
      const [, reply] = (await page(`before=${id(1)}&limit=3`)).messages
      expect(reply).toMatchObject({ role: 'assistant', inputLimit: expect.any(Number) })
    })
  })
})
