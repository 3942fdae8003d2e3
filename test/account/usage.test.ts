import { beforeAll, expect, it } from 'vitest'
import { Usages } from '../../src/contract/usage.ts'
import { onEachGateway } from '../support/each-gateway.ts'
import type { Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'

interface Call {
  at: string
  model?: string
  input?: number
  write5m?: number
  write1h?: number
  read?: number
  output?: number
  cost?: number | null
  estimated?: boolean
  simulated?: boolean
}

const SONNET = 'claude-sonnet-5-5'
const HAIKU = 'claude-haiku-5-5'
const NOTHING = {
  ...{ calls: 0, inputTokens: 0, cacheCreationInputTokens: 0, cacheReadInputTokens: 0, outputTokens: 0 },
  ...{ costNanoUsd: 0, unpricedCalls: 0, cacheSavingsNanoUsd: 0 },
}

onEachGateway(
  'usage',
  (gateway) => {
    let ada: Visitor
    let bob: Visitor
    beforeAll(async () => {
      ada = await gateway().signUp()
      bob = await gateway().signUp()
      await ada.request('/api/profile')
    })

    const usage = async (query = '', visitor = ada) => {
      const answer = await visitor.request(`/api/usage${query}`)
      expect(answer.status).toBe(200)
      return Usages.parse(await answer.json())
    }
    async function used({ at, model = SONNET, cost = 0, ...call }: Call, visitor = ada) {
      const { input = 0, write5m = 0, write1h = 0, read = 0, output = 0 } = call
      await gateway().db.query(
        `insert into usage_ledger (at, user_id, generation_id, purpose, model, input_tokens,
          cache_creation_5m_input_tokens, cache_creation_1h_input_tokens, cache_read_input_tokens, output_tokens,
          cost_nano_usd, estimated, simulated)
        values ($1, $2, gen_random_uuid(), 'reply', $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          ...[at, visitor.userId, model, input, write5m, write1h, read, output, cost],
          ...[call.estimated ?? false, call.simulated ?? false],
        ],
      )
    }

    it('is nothing where nothing was asked, over the last 30 days', async () => {
      const answer = await usage()
      const today = new Date().toISOString().slice(0, 10)
      expect(answer).toMatchObject({ to: today, days: [], models: [], today: { messages: 0, date: today } })
      expect((Date.parse(answer.to) - Date.parse(answer.from)) / 86_400_000).toBe(29)
      expect(answer.totals).toEqual({ measured: NOTHING, estimated: NOTHING, simulated: NOTHING })
      expect(answer.budget).toEqual({
        limitNanoUsd: 2_500_000_000,
        spentNanoUsd: 0,
        reservedNanoUsd: 0,
        remainingNanoUsd: 2_500_000_000,
      })
    })

    it('adds up by day and model, the days being those of UTC, and only one’s own', async () => {
      await used({ at: '2026-03-01T00:00:00.000Z', input: 10, output: 5, cost: 70_000 })
      await used({ at: '2026-03-01T23:59:59.999Z', input: 20, output: 5, cost: 90_000 })
      await used({ at: '2026-03-02T00:00:00Z', input: 1, cost: 100, model: HAIKU })
      await used({ at: '2026-02-28T23:59:59.999Z', input: 999, cost: 1 })
      await used({ at: '2026-03-03T00:00:00Z', input: 999, cost: 1 })
      await used({ at: '2026-03-01T12:00:00Z', input: 555, cost: 555 }, bob)
      const { days, models, totals } = await usage('?from=2026-03-01&to=2026-03-02')
      expect(days).toEqual([
        {
          ...{ ...NOTHING, date: '2026-03-01', model: SONNET, kind: 'measured' },
          ...{ calls: 2, inputTokens: 30, outputTokens: 10, costNanoUsd: 160_000 },
        },
        {
          ...{ ...NOTHING, date: '2026-03-02', model: HAIKU, kind: 'measured' },
          ...{ calls: 1, inputTokens: 1, costNanoUsd: 100 },
        },
      ])
      expect(models.map(({ model, costNanoUsd }) => [model, costNanoUsd])).toEqual([
        [SONNET, 160_000],
        [HAIKU, 100],
      ])
      expect(totals.measured).toMatchObject({ calls: 3, costNanoUsd: 160_100 })
    })

    it('keeps what was measured, estimated and simulated apart, and says what has no price', async () => {
      const at = '2026-04-01T00:00:00Z'
      await used({ at, output: 1, cost: 100 })
      await used({ at, output: 10, cost: 200, estimated: true })
      await used({ at, output: 100, cost: 400, simulated: true })
      await used({ at, output: 1_000, cost: 800, simulated: true, estimated: true })
      await used({ at, output: 10_000, cost: null, model: 'claude-mythos-5-2' })
      const { totals, days } = await usage('?from=2026-04-01&to=2026-04-01')
      expect(totals).toEqual({
        measured: { ...NOTHING, calls: 2, outputTokens: 10_001, costNanoUsd: 100, unpricedCalls: 1 },
        estimated: { ...NOTHING, calls: 1, outputTokens: 10, costNanoUsd: 200 },
        simulated: { ...NOTHING, calls: 2, outputTokens: 1_100, costNanoUsd: 1_200 },
      })
      expect(days).toHaveLength(4)
    })

    it('tells what the cache saved at the prices of the day and of the prompt’s length', async () => {
      const of = async (day: string, calls: Omit<Call, 'at'>[]) => {
        for (const call of calls) await used({ ...call, at: `${day}T10:00:00Z` })
        return (await usage(`?from=${day}&to=${day}`)).totals.measured.cacheSavingsNanoUsd
      }
      // A read at 200 instead of 2,000 a token; from October on at 100.
      expect(await of('2026-09-30', [{ read: 1_000 }])).toBe(1_800_000)
      expect(await of('2026-10-08', [{ read: 1_000 }])).toBe(1_900_000)
      // Writing costs more than reading plainly: 2,500 and 4,000 instead of 2,000.
      expect(await of('2026-10-09', [{ write5m: 100, write1h: 10 }])).toBe(-70_000)
      // Up to 100,000 tokens Haiku reads at 10 instead of 100, beyond that at 50 instead of 500.
      expect(
        await of('2026-10-10', [
          { model: HAIKU, read: 100_000 },
          { model: HAIKU, read: 100_001 },
          { model: HAIKU, input: 100_000, read: 1 },
        ]),
      ).toBe(100_000 * 90 + 100_002 * 450)
    })

    it('grows with a real reply, and tells today’s messages and budget', async () => {
      const before = await usage('', bob)
      const sent = await bob.request('/api/chat/message', { method: 'POST', body: { message: 'hello' } })
      const { usage: told } = (await sent.json()) as { usage: { costNanoUsd: number; outputTokens: number } }
      const after = await usage('', bob)
      expect(after.today.messages).toBe(before.today.messages + 1)
      expect(after.totals.measured.outputTokens).toBeGreaterThanOrEqual(told.outputTokens)
      expect(after.budget.spentNanoUsd).toBeGreaterThanOrEqual(told.costNanoUsd)
      expect(after.budget.remainingNanoUsd).toBe(
        2_500_000_000 - after.budget.spentNanoUsd - after.budget.reservedNanoUsd,
      )
    })

    it('tells what replies under way reserve', async () => {
      const slow = await ada.request('/api/chat/message', {
        method: 'POST',
        body: { message: 'slow [[wait:1500]]' },
        accept: 'text/event-stream',
      })
      const { budget } = await usage()
      expect(budget.reservedNanoUsd).toBeGreaterThan(1_000_000)
      await slow.text()
      expect((await usage()).budget.reservedNanoUsd).toBe(0)
    })

    it.each([
      'from=2026-03-02&to=2026-03-01',
      'from=2025-01-01&to=2026-02-05',
      'from=2026-02-30',
      'to=yesterday',
      'from=0000-01-01&to=0000-01-02',
      'from=2026-3-1',
      'from=2026-03-01T00:00:00Z',
      'from=',
      'from=2026-03-01&from=2026-03-02',
      'user=x',
    ])('is not told for %s', async (query) => {
      expect(await expectProblem(await ada.request(`/api/usage?${query}`))).toBe('request_invalid')
    })

    it('is told for 400 days, and for days to come', async () => {
      expect((await usage('?from=2025-01-01&to=2026-02-04')).days).toEqual([])
      expect((await usage('?from=9999-12-01&to=9999-12-31')).days).toEqual([])
      expect((await usage('?to=2026-03-02')).totals.measured.calls).toBe(4)
    })
  },
  { budgets: { userDailyUsd: 2.5 } },
)
