import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MessagePage, SendResponse } from '../../src/contract/chat.ts'
import type { Problem } from '../../src/contract/problem.ts'
import { readEvents, shownText } from '../support/events.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'

/** Every way Claude can fail: the marker that makes the stub do it, and what the caller must be told. */
const BROKEN: [fault: string, status: number, code: string][] = [
  ['clean-end', 502, 'upstream_failed'],
  ['reset', 502, 'upstream_failed'],
  ['error-event', 503, 'upstream_overloaded'],
  ['silence', 504, 'upstream_timeout'],
  ['bad-json', 502, 'upstream_failed'],
  ['ping-flood', 504, 'upstream_timeout'],
  ['huge-event', 502, 'upstream_failed'],
  ['empty-body', 502, 'upstream_failed'],
  ['overloaded', 503, 'upstream_overloaded'],
  ['rate-limited', 503, 'upstream_overloaded'],
  ['server-error-final', 502, 'upstream_failed'],
  ['bad-key', 502, 'upstream_failed'],
]

/** Odd, but whole: a reply must come through untouched. */
const ODD = ['unknown-events', 'utf8-split', 'slow-drip', 'surrogate-split']

describe('a reply whose upstream fails', () => {
  let gateway: TestGateway
  let visitor: Visitor
  beforeAll(async () => {
    gateway = await startTestGateway({
      engine: 'pglite',
      settings: {
        timeouts: { upstreamFirstByteMs: 1_500, upstreamIdleMs: 700 },
        limits: { openReplies: 50, turnBurst: 1_000 },
      },
    })
    visitor = await gateway.signUp()
  })
  afterAll(() => gateway.close())

  it.each(BROKEN)('%s: is never shown or stored as complete (JSON)', async (fault, status, code) => {
    const response = await visitor.request('/api/chat/message', {
      method: 'POST',
      body: { message: `x [[fault:${fault}]] [[words:20]]` },
    })
    const problem = (await response.json()) as Problem
    expect({ status: response.status, code: problem.code }).toEqual({ status, code })
    expect(problem.message?.status).toBe('failed')
    expect(JSON.stringify(problem)).not.toMatch(/sk-ant|SyntaxError|at file:/)
    await expectStoredAsFailed(problem.message?.sessionKey, problem.message?.content)
  })

  it.each(BROKEN)(
    '%s: ends its stream with one error that carries what had arrived (SSE)',
    async (fault, _status, code) => {
      const response = await visitor.request('/api/chat/message', {
        method: 'POST',
        body: { message: `y [[fault:${fault}]] [[words:20]]` },
        accept: 'text/event-stream',
      })
      const events = await readEvents(response)
      expect(events.filter(({ event }) => event === 'done' || event === 'error')).toHaveLength(1)
      expect(events.at(-1)).toMatchObject({
        event: 'error',
        data: { code, message: { status: 'failed', content: shownText(events) } },
      })
      await expectStoredAsFailed(events[0]?.data.sessionKey, shownText(events))
    },
  )

  it.each(ODD)('%s: comes through whole', async (fault) => {
    const response = await visitor.request('/api/chat/message', {
      method: 'POST',
      body: { message: `z [[fault:${fault}]] [[words:30]]` },
    })
    expect(response.status).toBe(200)
    const { content, message } = (await response.json()) as SendResponse
    expect(message.status).toBe('complete')
    const sent = gateway.stub.requests.find(({ body }) =>
      JSON.stringify(body).includes(`z [[fault:${fault}]]`),
    )?.reply
    expect(content).toBe(sent)
  })

  it('tries again while nothing of the reply has arrived, and only then', async () => {
    const response = await visitor.request('/api/chat/message', {
      method: 'POST',
      body: { message: 'retried [[fault:server-error*1]]' },
    })
    expect(response.status).toBe(200)
    expect(
      gateway.stub.requests.filter(({ body }) => JSON.stringify(body).includes('retried [[fault')),
    ).toHaveLength(2)
    expect(
      gateway.stub.requests.filter(({ body }) => JSON.stringify(body).includes('y [[fault:reset]]')),
    ).toHaveLength(1)
  })

  it('closes every intent on the chain and leaves nothing open', async () => {
    const rows = await gateway.db.query<{ intents: number; outcomes: number; open: number }>(
      `select (select count(*) from audit_entries where kind = 'claude.request') as intents,
         (select count(*) from audit_entries where kind = 'claude.response') as outcomes,
         (select count(*) from generations where finished_at is null) as open`,
    )
    expect(rows[0]?.intents).toBe(rows[0]?.outcomes)
    expect(rows[0]?.open).toBe(0)
  })

  async function expectStoredAsFailed(
    sessionKey: string | undefined,
    partial: string | undefined,
  ): Promise<void> {
    const page = (await (
      await visitor.request(`/api/conversations/${sessionKey}/messages`)
    ).json()) as MessagePage
    expect(page.messages.at(-1)).toMatchObject({ role: 'assistant', status: 'failed', content: partial })
  }
})
