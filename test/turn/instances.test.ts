import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SendResponse } from '../../src/contract/chat.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { readEvents, shownText } from '../support/events.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'

describe.skipIf(postgresUnavailable)(postgresUnavailable ?? 'two gateways on one PostgreSQL', () => {
  let gateway: TestGateway
  let visitor: Visitor
  let urls: string[]
  beforeAll(async () => {
    const limits = { openReplies: 100, turnBurst: 1_000 }
    gateway = await startTestGateway({ engine: 'postgres', settings: { limits } })
    visitor = await gateway.signUp()
    urls = [gateway.url, (await gateway.another()).url]
  })
  afterAll(() => gateway.close())

  const send = (at: string | undefined, body: unknown) =>
    visitor.request('/api/chat/message', { method: 'POST', body, ...(at ? { at } : {}) })

  it('take the same send once, whichever it reaches first', async () => {
    for (let round = 0; round < 15; round += 1) {
      const body = { message: `twice-${round}`, clientMessageId: randomUUID() }
      const answers = await Promise.all(urls.map((url) => send(url, body)))
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      const [one, other] = (await Promise.all(answers.map((answer) => answer.json()))) as SendResponse[]
      expect(other?.message.id).toBe(one?.message.id)
      const calls = gateway.stub.requests.filter(({ body: asked }) =>
        JSON.stringify(asked).includes(`"twice-${round}"`),
      )
      expect(calls).toHaveLength(1)
    }
  })

  it('take one of two messages that reach one conversation at once, and tell the other it is busy', async () => {
    for (let round = 0; round < 10; round += 1) {
      const sessionKey = randomUUID()
      const answers = await Promise.all(
        urls.map((url) => send(url, { message: `${url} [[wait:100]]`, sessionKey })),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
      const page = (await (await visitor.request(`/api/conversations/${sessionKey}/messages`)).json()) as {
        messages: unknown[]
      }
      expect(page.messages).toHaveLength(2)
    }
  })

  it('outlive a database that stalls while many replies are written, and store every character', async () => {
    const started = Array.from({ length: 30 }, (_, place) =>
      visitor.request('/api/chat/message', {
        method: 'POST',
        body: { message: `stall-${place} [[words:120]] [[pace:15]]` },
        accept: 'text/event-stream',
      }),
    )
    const reading = Promise.all(started.map(async (response) => readEvents(await response)))
    await sleep(300)
    const owner = await openPostgres({ connectionString: gateway.databaseUrl })
    await owner.transaction('owner', async (tx) => {
      await tx.query(`select 1 from generations where finished_at is null for update`)
      await sleep(1_500)
    })
    await owner.close()
    for (const events of await reading) {
      expect(events.at(-1)?.event).toBe('done')
      expect(events.at(-1)?.data.message?.content).toBe(shownText(events))
      const again = await readEvents(
        await visitor.request(`/api/generations/${events[0]?.data.generationId}/events`, {
          headers: { 'last-event-id': '1' },
        }),
      )
      expect(shownText(again)).toBe(shownText(events))
    }
    expect(await (await fetch(`${gateway.url}/health`)).json()).toMatchObject({ checks: { database: 'ok' } })
  }, 60_000)

  it('bill nothing for a call that Claude only refused, though it was stopped while waiting to try again', async () => {
    const reading = visitor
      .request('/api/chat/message', {
        method: 'POST',
        body: { message: 'refused [[fault:overloaded]]' },
        accept: 'text/event-stream',
      })
      .then((response) => readEvents(response))
    await sleep(250)
    const [row] = await gateway.db.query<{ id: string }>(
      'select id from generations where finished_at is null',
    )
    await visitor.request(`/api/generations/${row?.id}/stop`, { method: 'POST' })
    expect((await reading).at(-1)).toMatchObject({
      event: 'done',
      data: { usage: { inputTokens: 0, costNanoUsd: 0, estimated: false } },
    })
  })
})

describe('a gateway told to stop while a send is on its way', () => {
  it('settles that one too', async () => {
    const gateway = await startTestGateway({ engine: 'pglite', settings: { timeouts: { drainMs: 5_000 } } })
    const { turns, people } = gateway.running.services
    const visitor = await gateway.signUp()
    const asker = { userId: visitor.userId, ...(await people.arrive(visitor.userId)) }
    const sending = turns.send({
      kind: 'send',
      asker,
      message: 'just in time',
      receivedAt: performance.now(),
    })
    await turns.drain(5_000)
    const { generationId } = await sending
    const [row] = await gateway.db.query<{ state: string }>('select state from generations where id = $1', [
      generationId,
    ])
    expect(row?.state).toBe('complete')
    await gateway.close()
  })
})
