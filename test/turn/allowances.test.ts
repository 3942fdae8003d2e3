import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { SendResponse } from '../../src/contract/chat.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'

const ENGINES: [Engine, string | null][] = [
  ['pglite', null],
  ['postgres', postgresUnavailable],
]
const NANO = 1e9
/** What a turn of these tests reserves at least: its longest reply, at the standard model's price a token. */
const MAX_TOKENS = 100
const REPLY_COST = MAX_TOKENS * 10_000

describe.each(ENGINES)('what a person may ask for, on %s', (engine, unavailable) => {
  describe.skipIf(unavailable)(unavailable ?? 'with the strict stub', () => {
    let gateway: TestGateway | undefined
    afterEach(() => gateway?.close())

    async function start(settings: Record<string, unknown>): Promise<TestGateway> {
      gateway = await startTestGateway({
        engine,
        settings: { models: { maxTokens: MAX_TOKENS }, persona: 'You are Helix.', ...settings },
      })
      return gateway
    }

    const send = (visitor: Visitor, body: object = {}, at?: string) =>
      visitor.request('/api/chat/message', {
        method: 'POST',
        body: { message: 'Hello', ...body },
        ...(at ? { at } : {}),
      })
    const codes = async (answers: Response[]) =>
      Promise.all(answers.map(async (answer) => (answer.ok ? 'ok' : (await answer.json()).code)))
    const count = (all: string[], code: string) => all.filter((one) => one === code).length

    it('lets the burst pass at once, then the rate, and tells how long to wait', async () => {
      const { signUp } = await start({ limits: { turnsPerMinute: 20, turnBurst: 4 } })
      const [visitor, other] = [await signUp(), await signUp()]
      const answers = await Promise.all(Array.from({ length: 8 }, () => send(visitor)))
      const refused = answers.find((answer) => answer.status === 429)
      expect(count(await codes(answers.filter((answer) => answer !== refused)), 'ok')).toBe(4)
      const problem = await refused?.json()
      expect(problem.code).toBe('rate_limited')
      expect(refused?.headers.get('ratelimit-policy')).toBe('"turns";q=20;w=60')
      expect(refused?.headers.get('ratelimit')).toMatch(/^"turns";r=0;t=[1-3]$/)
      expect(problem.retryAfterMs).toBeGreaterThan(0)
      expect(problem.retryAfterMs).toBeLessThanOrEqual(3_000)
      expect(Number(refused?.headers.get('retry-after'))).toBe(Math.ceil(problem.retryAfterMs / 1000))
      expect((await send(other)).status).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, problem.retryAfterMs + 50))
      expect((await send(visitor)).status).toBe(200)
    })

    it('counts no turn that was refused for another reason, and none that is repeated', async () => {
      const { signUp } = await start({ limits: { turnsPerMinute: 1, turnBurst: 2 } })
      const visitor = await signUp()
      const clientMessageId = randomUUID()
      const first = (await (await send(visitor, { clientMessageId })).json()) as SendResponse
      for (let round = 0; round < 5; round += 1) {
        expect((await send(visitor, { sessionKey: first.sessionKey, clientMessageId })).status).toBe(422)
        expect((await send(visitor, { clientMessageId })).status).toBe(200)
        const nowhere = `/api/conversations/${first.sessionKey}/regenerate`
        const answer = await visitor.request(nowhere, { method: 'POST', body: { messageId: randomUUID() } })
        expect(answer.status).toBe(404)
      }
      expect((await send(visitor)).status).toBe(200)
      expect(await codes([await send(visitor)])).toEqual(['rate_limited'])
      expect((await send(visitor, { clientMessageId })).status).toBe(200)
    })

    it('never spends or reserves more than a budget in all, however many ask at once', async () => {
      const budget = 3.5 * REPLY_COST
      const { signUp, db } = await start({
        budgets: { userDailyUsd: budget / NANO },
        limits: { openReplies: 20 },
      })
      const visitor = await signUp()
      const held = await Promise.all(
        Array.from({ length: 12 }, () => send(visitor, { message: '[[wait:400]]' })),
      )
      const outcomes = await codes(held)
      expect(count(outcomes, 'ok')).toBe(3)
      expect(count(outcomes, 'budget_exhausted')).toBe(9)
      // What was reserved and not used is free again.
      expect((await send(visitor)).status).toBe(200)
      const [spent] = await db.query<{ spent: number; ledger: number }>(
        `select (select spent_nano_usd from public.budgets where user_id = $1) as spent,
          (select sum(cost_nano_usd)::bigint from public.usage_ledger where user_id = $1) as ledger`,
        [visitor.userId],
      )
      expect(spent?.spent).toBe(spent?.ledger)
      expect(spent?.spent).toBeGreaterThan(0)
    })

    it('refuses once the day is spent, with what was spent and when it begins anew', async () => {
      const { signUp } = await start({ budgets: { userDailyUsd: (1.2 * REPLY_COST) / NANO } })
      const visitor = await signUp()
      let answer = await send(visitor)
      for (let turns = 1; answer.status === 200 && turns < 25; turns += 1) answer = await send(visitor)
      const problem = await answer.json()
      expect(problem).toMatchObject({ code: 'budget_exhausted', status: 429, budget: 'day' })
      expect(problem.spentNanoUsd).toBeLessThanOrEqual(problem.limitNanoUsd)
      expect(problem.retryAfterMs).toBeLessThanOrEqual(86_400_000)
      expect(problem.hint).toContain('T00:00:00.000Z')
    })

    it('holds everyone to the budget of the month, and tells nobody what others spent', async () => {
      const { signUp } = await start({ budgets: { monthlyUsd: (2.5 * REPLY_COST) / NANO } })
      const visitors = await Promise.all(Array.from({ length: 5 }, signUp))
      const answers = await Promise.all(visitors.map((visitor) => send(visitor, { message: '[[wait:400]]' })))
      const refused = answers.filter((answer) => answer.status === 429)
      expect(refused).toHaveLength(3)
      const problem = await refused[0]?.json()
      expect(problem).toMatchObject({ code: 'budget_exhausted', budget: 'month' })
      expect(Object.keys(problem).filter((name) => name.endsWith('NanoUsd'))).toEqual([])
    })

    it('takes no model whose price is unknown while a budget is set', async () => {
      const { signUp } = await start({ budgets: { userDailyUsd: 5 } })
      const visitor = await signUp()
      const answer = await send(visitor, { model: 'claude-mythos-preview' })
      expect(await answer.json()).toMatchObject({ code: 'price_unknown', status: 400 })
      expect((await send(visitor)).status).toBe(200)
    })

    // An embedded database has one gateway.
    if (engine === 'pglite') return
    it('holds across two gateways on one database', async () => {
      const started = await start({
        budgets: { monthlyUsd: 100, userDailyUsd: (4.5 * REPLY_COST) / NANO },
        limits: { openReplies: 20 },
      })
      const other = await started.another()
      const visitor = await started.signUp()
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, place) =>
          send(visitor, { message: '[[wait:500]]' }, place % 2 ? other.url : started.url),
        ),
      )
      expect(count(await codes(answers), 'ok')).toBe(4)
    })
  })
})
