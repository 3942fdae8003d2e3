import { describe, expect, it } from 'vitest'
import type { TokenCounts } from './claude.ts'
import { findModel, listModels } from './models.ts'
import { costNanoUsd } from './price.ts'

const NOVEMBER = new Date('2026-11-23T12:00:00Z')
const none: TokenCounts = {
  inputTokens: 0,
  cacheCreation5mInputTokens: 0,
  cacheCreation1hInputTokens: 0,
  cacheReadInputTokens: 0,
  outputTokens: 0,
}

/** The price list as it is printed, in US dollars per million tokens: in, out, 5m write, 1h write, read. */
const PRINTED: Record<string, string> = {
  'claude-fable-5-2': '8 40 10 16 0.20',
  'claude-fable-5-1': '10 50 12.50 20 0.25',
  'claude-mythos-5-1': '10 50 12.50 20 0.25',
  'claude-fable-5': '10 50 12.50 20 1.00',
  'claude-mythos-5': '10 50 12.50 20 1.00',
  'claude-opus-5-5': '4 20 5 8 0.20',
  'claude-opus-5': '5 25 6.25 10 0.50',
  'claude-opus-4-8': '5 25 6.25 10 0.50',
  'claude-opus-4-7': '5 25 6.25 10 0.50',
  'claude-opus-4-6': '5 25 6.25 10 0.50',
  'claude-opus-4-5': '5 25 6.25 10 0.50',
  'claude-sonnet-5-5': '2 10 2.50 4 0.10',
  'claude-sonnet-5': '2 10 2.50 4 0.20',
  'claude-sonnet-4-6': '3 15 3.75 6 0.30',
  'claude-sonnet-4-5': '3 15 3.75 6 0.30',
  'claude-haiku-5-5': '0.10 0.50 0.125 0.20 0.01',
  'claude-haiku-4-5': '1 5 1.25 2 0.10',
}
const HAIKU_LONG = '0.50 2.50 0.625 1.00 0.05'

/** An independent reckoning: dollars as an exact fraction over 10^9, tokens over 10^6, rounded nowhere. */
function oracle(model: string, tokens: TokenCounts): bigint {
  const [input, write5m, write1h, read, output] = [
    tokens.inputTokens,
    tokens.cacheCreation5mInputTokens,
    tokens.cacheCreation1hInputTokens,
    tokens.cacheReadInputTokens,
    tokens.outputTokens,
  ].map(BigInt) as [bigint, bigint, bigint, bigint, bigint]
  const long = model === 'claude-haiku-5-5' && input + write5m + write1h + read > 100_000n
  const rates = (long ? HAIKU_LONG : (PRINTED[model] ?? '')).split(' ').map(billionths) as [
    ...Parameters<typeof sum>,
  ]
  const numerator = sum(...rates)
  if (numerator % 1_000_000n !== 0n) throw new Error('a cost below one nano-USD')
  return numerator / 1_000_000n

  function sum(dIn: bigint, dOut: bigint, d5m: bigint, d1h: bigint, dRead: bigint): bigint {
    return input * dIn + output * dOut + write5m * d5m + write1h * d1h + read * dRead
  }
}

function billionths(dollars: string): bigint {
  const [whole = '0', fraction = ''] = dollars.split('.')
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** A small seeded generator, so that a failure can be seen again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('costNanoUsd', () => {
  it('equals an independent reckoning on 20,000 random usages', () => {
    const random = randomFrom(20_261_123)
    const models = Object.keys(PRINTED)
    const sizes = [1, 10, 1_000, 50_000, 100_002, 1_000_000]
    for (let round = 0; round < 20_000; round += 1) {
      const count = () => random(sizes[random(sizes.length)] ?? 1)
      const model = models[random(models.length)] ?? ''
      const tokens: TokenCounts = {
        inputTokens: count(),
        cacheCreation5mInputTokens: count(),
        cacheCreation1hInputTokens: count(),
        cacheReadInputTokens: count(),
        outputTokens: count(),
      }
      const cost = costNanoUsd(model, NOVEMBER, tokens)
      if (cost === null || BigInt(cost) !== oracle(model, tokens)) expect({ model, tokens, cost }).toBeNull()
    }
  })

  it('prices every model of the list, and only those', () => {
    const priced = listModels().filter(({ prices }) => prices.length > 0)
    expect(priced.map(({ id }) => id).sort()).toEqual(Object.keys(PRINTED).sort())
  })

  it('changes price at midnight UTC of the day a row begins', () => {
    const read = { ...none, cacheReadInputTokens: 1_000_000 }
    expect(costNanoUsd('claude-sonnet-5-5', new Date('2026-10-06T23:59:59.999Z'), read)).toBe(200_000_000)
    expect(costNanoUsd('claude-sonnet-5-5', new Date('2026-10-07T00:00:00Z'), read)).toBe(100_000_000)
  })

  it('knows no price for a day before the first row', () => {
    const day = new Date('2026-11-08T12:00:00Z')
    expect(costNanoUsd('claude-fable-5-2', day, { ...none, inputTokens: 1 })).toBeNull()
  })

  it('chooses the tier by the whole prompt, cache reads and writes included', () => {
    const at = (tokens: Partial<TokenCounts>) =>
      costNanoUsd('claude-haiku-5-5', NOVEMBER, { ...none, ...tokens })
    expect(at({ inputTokens: 100_000 })).toBe(100_000 * 100)
    expect(at({ inputTokens: 100_001 })).toBe(100_001 * 500)
    expect(at({ inputTokens: 1, cacheReadInputTokens: 100_000 })).toBe(500 + 100_000 * 50)
    expect(at({ inputTokens: 1, cacheCreation1hInputTokens: 100_000 })).toBe(500 + 100_000 * 1_000)
    expect(at({ inputTokens: 1, outputTokens: 100_000 })).toBe(100 + 100_000 * 500)
  })

  it.each(['claude-mythos-5-2', 'claude-mythos-preview', 'gpt-6', '', '__proto__'])(
    'never prices %j',
    (model) => {
      expect(costNanoUsd(model, NOVEMBER, { ...none, inputTokens: 1 })).toBeNull()
    },
  )

  it.each([-1, 0.5, Number.NaN, Infinity, 2 ** 53])('never prices a count of %d', (inputTokens) => {
    expect(costNanoUsd('claude-opus-5', NOVEMBER, { ...none, inputTokens })).toBeNull()
  })

  it('gives no number it could not hold exactly', () => {
    const tokens = { ...none, outputTokens: Number.MAX_SAFE_INTEGER }
    expect(costNanoUsd('claude-opus-5', NOVEMBER, tokens)).toBeNull()
  })
})

describe('findModel', () => {
  it('takes a dated alias', () => {
    expect(findModel('claude-haiku-4-5-20251001')?.id).toBe('claude-haiku-4-5')
    expect(costNanoUsd('claude-opus-4-5-20251101', NOVEMBER, { ...none, inputTokens: 3 })).toBe(15_000)
  })

  it('holds ids once, integer rates, and a source for each price', () => {
    const ids = listModels().flatMap(({ id, aliases }) => [id, ...aliases])
    expect(new Set(ids).size).toBe(ids.length)
    for (const { prices } of listModels()) {
      for (const { source, effectiveFrom, input, output, cacheWrite5m, cacheWrite1h, cacheRead } of prices) {
        expect([input, output, cacheWrite5m, cacheWrite1h, cacheRead].every(Number.isSafeInteger)).toBe(true)
        expect(source).not.toBe('')
        expect(effectiveFrom ?? '2026-01-01').toMatch(/^\d{4}-\d{2}-\d{2}$/)
      }
    }
  })
})
