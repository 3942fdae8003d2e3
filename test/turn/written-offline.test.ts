import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { onEachGateway } from '../support/each-gateway.ts'
import type { Visitor } from '../support/gateway.ts'

const HOUR = 3_600_000

onEachGateway('a message written offline', (gateway) => {
  const send = (visitor: Visitor, body: object) =>
    visitor.request('/api/chat/message', { method: 'POST', body })

  async function questions(visitor: Visitor, sessionKey: string) {
    const { messages } = await visitor.client.messages(sessionKey)
    return messages.filter(({ role }) => role === 'user')
  }

  /** What is kept beside each message of their only conversation. */
  async function hints(visitor: Visitor) {
    const { conversations } = (await (await visitor.request('/api/export')).json()) as {
      conversations: { messages: { metadata: unknown }[] }[]
    }
    return conversations[0]?.messages.map(({ metadata }) => metadata)
  }

  it('says when it reached the gateway, and keeps when it was written', async () => {
    const visitor = await gateway().signUp()
    const sessionKey = randomUUID()
    const before = Date.now()
    const response = await send(visitor, {
      message: 'from the train',
      sessionKey,
      writtenAt: '2026-11-20T09:30:00+02:00',
    })
    expect(response.status).toBe(200)
    const [question] = await questions(visitor, sessionKey)
    expect(question).toMatchObject({ content: 'from the train', isPending: false })
    expect(question?.syncedAt).toBe(question?.createdAt)
    expect(Date.parse(question?.syncedAt ?? '')).toBeGreaterThanOrEqual(before)
    expect(await hints(visitor)).toEqual([{ writtenAt: '2026-11-20T07:30:00.000Z' }, null])
  })

  it('is told apart from one sent at once', async () => {
    const visitor = await gateway().signUp()
    const sessionKey = randomUUID()
    await send(visitor, { message: 'at once', sessionKey })
    expect(await questions(visitor, sessionKey)).toMatchObject([{ isPending: false, syncedAt: null }])
  })

  it('is the same message, whether or not an earlier attempt said so', async () => {
    const visitor = await gateway().signUp()
    const body = { message: 'once', sessionKey: randomUUID(), clientMessageId: randomUUID() }
    const first = await send(visitor, body)
    const again = await send(visitor, { ...body, writtenAt: new Date(Date.now() - HOUR).toISOString() })
    expect([first.status, again.status]).toEqual([200, 200])
    expect(await again.json()).toEqual(await first.json())
    expect(await questions(visitor, body.sessionKey)).toHaveLength(1)
  })

  it('was not written later than now, whatever the clock of its device says', async () => {
    const visitor = await gateway().signUp()
    const ahead = new Date(Date.now() + HOUR).toISOString()
    const sessionKey = randomUUID()
    expect((await send(visitor, { message: 'ahead', sessionKey, writtenAt: ahead })).status).toBe(200)
    const [question] = await questions(visitor, sessionKey)
    expect(await hints(visitor)).toEqual([{ writtenAt: question?.syncedAt }, null])
  })

  it.each([
    'yesterday',
    '2026-11-20',
    '2026-13-20T09:30:00Z',
    1_763_600_000,
    `2026-11-20T09:30:00.${'0'.repeat(40)}Z`,
  ])('is refused with %j as the time of writing', async (writtenAt) => {
    const visitor = await gateway().signUp()
    const response = await send(visitor, { message: 'when?', writtenAt })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'request_invalid' })
  })
})
