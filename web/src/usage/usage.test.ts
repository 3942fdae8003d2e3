import { describe, expect, it } from 'vitest'
import { linesByModel } from './by-model.ts'
import { daysUpTo, monthOf, totalFrom, type UsageDay } from './period.ts'

const row = (date: string, model: string, more: Partial<UsageDay> = {}): UsageDay => ({
  date,
  model,
  kind: 'measured',
  calls: 1,
  inputTokens: 10,
  cacheCreationInputTokens: 1,
  cacheReadInputTokens: 2,
  outputTokens: 3,
  costNanoUsd: 100,
  unpricedCalls: 0,
  cacheSavingsNanoUsd: 5,
  ...more,
})

describe('a period', () => {
  it('has every day up to its last, over the ends of months', () => {
    expect(daysUpTo('2026-03-02', 4)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02'])
    expect(monthOf('2026-11-25')).toBe('2026-11-01')
  })

  it('is summed up from a day on, one kind at a time', () => {
    const rows = [
      row('2026-10-31', 'a'),
      row('2026-11-01', 'a'),
      row('2026-11-02', 'b', { kind: 'simulated', costNanoUsd: 0 }),
    ]
    expect(totalFrom(rows, '2026-11-01', 'measured')).toEqual({
      calls: 1,
      tokens: 16,
      costNanoUsd: 100,
      savedNanoUsd: 5,
      unpricedCalls: 0,
    })
    expect(totalFrom(rows, '2026-11-01', 'simulated').tokens).toBe(16)
  })
})

describe('lines by model', () => {
  const days = ['2026-11-01', '2026-11-02']

  it('have a value for each day, the dearest model first', () => {
    const rows = [
      row('2026-11-02', 'small', { costNanoUsd: 1 }),
      row('2026-11-01', 'large'),
      row('2025-01-01', 'old'),
    ]
    expect(linesByModel(rows, days, 'cost')).toEqual([
      { model: 'large', kind: 'measured', values: [100, 0] },
      { model: 'small', kind: 'measured', values: [0, 1] },
    ])
  })

  it('part what was estimated from what was counted, and owe nothing for what was simulated', () => {
    const rows = [
      row('2026-11-01', 'a'),
      row('2026-11-01', 'a', { kind: 'estimated' }),
      row('2026-11-01', 'b', { kind: 'simulated' }),
    ]
    expect(linesByModel(rows, days, 'cost').map(({ kind }) => kind)).toEqual(['measured', 'estimated'])
    expect(linesByModel(rows, days, 'tokens')).toHaveLength(3)
  })

  it('are six at most, the rest in one', () => {
    const rows = Array.from({ length: 9 }, (_, place) =>
      row('2026-11-01', `m${place}`, { costNanoUsd: 100 - place }),
    )
    const lines = linesByModel(rows, days, 'cost')
    expect(lines).toHaveLength(6)
    expect(lines.at(-1)).toMatchObject({ model: '', values: [95 + 94 + 93 + 92, 0] })
  })
})
