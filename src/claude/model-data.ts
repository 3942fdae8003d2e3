import type { Model, Price, Rates } from './model.ts'

const PRICES = 'platform.claude.com/docs/en/about-claude/pricing'
const MODELS_PAGE = 'platform.claude.com/docs/en/models'

const MILLION = { maxInputTokens: 1_000_000, maxOutputTokens: 128_000, assumed: [] } as const
const SMALL = { maxInputTokens: 200_000, maxOutputTokens: 64_000, assumed: [] } as const
/** No source states these limits: the smallest of any model still served stands in. */
const UNSTATED = { ...SMALL, assumed: ['maxInputTokens', 'maxOutputTokens'] } as const

const FABLE_5_1 = price([10_000, 50_000, 12_500, 20_000, 250], { from: '2026-09-01' })
const FABLE_5 = price([10_000, 50_000, 12_500, 20_000, 1_000])
const OPUS_4_5_TO_5 = price([5_000, 25_000, 6_250, 10_000, 500])
const SONNET_4 = price([3_000, 15_000, 3_750, 6_000, 300])

/** Every model of the 2026-10-21 API, newest first; rates in nano-USD per token. */
export const MODELS: readonly Model[] = [
  model('claude-fable-5-2', {
    ...UNSTATED,
    cacheMinimumTokens: 512,
    prices: [
      price([8_000, 40_000, 10_000, 16_000, 200], {
        from: '2026-11-09',
        source: 'release notes of the PromptFuel 1.0.23 and rightsize 0.10.2 price tables',
      }),
    ],
  }),
  model('claude-mythos-5-2', UNSTATED),
  model('claude-opus-5-5', {
    ...MILLION,
    prices: [price([4_000, 20_000, 5_000, 8_000, 200], { derived: ['cacheWrite5m', 'cacheWrite1h'] })],
  }),
  model('claude-sonnet-5-5', {
    ...MILLION,
    prices: [
      price([2_000, 10_000, 2_500, 4_000, 200], { source: MODELS_PAGE }),
      price([2_000, 10_000, 2_500, 4_000, 100], { from: '2026-10-07' }),
    ],
  }),
  model('claude-haiku-5-5', {
    ...MILLION,
    prices: [
      price([100, 500, 125, 200, 10], { upTo: 100_000, source: MODELS_PAGE }),
      price([500, 2_500, 625, 1_000, 50], {
        derived: ['cacheWrite5m', 'cacheWrite1h'],
        source: MODELS_PAGE,
      }),
    ],
  }),
  model('claude-fable-5-1', { ...MILLION, cacheMinimumTokens: 512, prices: [FABLE_5_1] }),
  model('claude-mythos-5-1', { ...UNSTATED, prices: [FABLE_5_1] }),
  model('claude-opus-5', { ...MILLION, cacheMinimumTokens: 512, prices: [OPUS_4_5_TO_5] }),
  model('claude-sonnet-5', {
    ...MILLION,
    cacheMinimumTokens: 1_024,
    prices: [price([2_000, 10_000, 2_500, 4_000, 200], { source: MODELS_PAGE })],
  }),
  model('claude-fable-5', { ...MILLION, cacheMinimumTokens: 512, prices: [FABLE_5] }),
  model('claude-mythos-5', { ...MILLION, cacheMinimumTokens: 512, prices: [FABLE_5] }),
  model('claude-mythos-preview', UNSTATED),
  model('claude-opus-4-8', { ...MILLION, cacheMinimumTokens: 1_024, prices: [OPUS_4_5_TO_5] }),
  model('claude-opus-4-7', { ...UNSTATED, cacheMinimumTokens: 2_048, prices: [OPUS_4_5_TO_5] }),
  model('claude-sonnet-4-6', { ...MILLION, cacheMinimumTokens: 2_048, prices: [SONNET_4] }),
  model('claude-opus-4-6', { ...MILLION, cacheMinimumTokens: 4_096, prices: [OPUS_4_5_TO_5] }),
  model('claude-opus-4-5', {
    ...SMALL,
    aliases: ['claude-opus-4-5-20251101'],
    cacheMinimumTokens: 4_096,
    prices: [OPUS_4_5_TO_5],
  }),
  model('claude-haiku-4-5', {
    ...SMALL,
    aliases: ['claude-haiku-4-5-20251001'],
    cacheMinimumTokens: 4_096,
    prices: [price([1_000, 5_000, 1_250, 2_000, 100])],
  }),
  model('claude-sonnet-4-5', {
    ...UNSTATED,
    aliases: ['claude-sonnet-4-5-20250929'],
    cacheMinimumTokens: 1_024,
    lifecycle: 'deprecated',
    retiresAt: '2026-11-30',
    prices: [SONNET_4],
  }),
]

type Limits = Pick<Model, 'maxInputTokens' | 'maxOutputTokens' | 'assumed'>

function model(id: string, facts: Limits & Partial<Model>): Model {
  return {
    id,
    aliases: [],
    cacheMinimumTokens: null,
    lifecycle: 'active',
    retiresAt: null,
    prices: [],
    ...facts,
  }
}

interface PriceDetails {
  from?: string
  upTo?: number
  derived?: readonly (keyof Rates)[]
  source?: string
}

function price(
  [input, output, cacheWrite5m, cacheWrite1h, cacheRead]: readonly [number, number, number, number, number],
  { from, upTo, derived = [], source = PRICES }: PriceDetails = {},
): Price {
  return {
    effectiveFrom: from ?? null,
    maxPromptTokens: upTo ?? null,
    input,
    output,
    cacheWrite5m,
    cacheWrite1h,
    cacheRead,
    derived,
    source,
  }
}
