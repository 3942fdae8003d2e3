import type { TokenCounts } from './claude.ts'
import type { Model, Price, Rates } from './model.ts'
import { findModel } from './models.ts'

const RATE_OF: Record<keyof TokenCounts, keyof Rates> = {
  inputTokens: 'input',
  cacheCreation5mInputTokens: 'cacheWrite5m',
  cacheCreation1hInputTokens: 'cacheWrite1h',
  cacheReadInputTokens: 'cacheRead',
  outputTokens: 'output',
}
const KINDS = Object.keys(RATE_OF) as (keyof TokenCounts)[]

/**
 * What a call costs in integer nano-USD, at the prices of the day `at`.
 *
 * The tier goes by the length of the whole prompt, cache writes and reads included. Null when the model, or
 * its price on that day, is unknown, or a count is no non-negative integer: no default ever stands in.
 */
export function costNanoUsd(model: string, at: Date, tokens: TokenCounts): number | null {
  if (!KINDS.every((kind) => Number.isSafeInteger(tokens[kind]) && tokens[kind] >= 0)) return null
  const price = priceAt(findModel(model)?.prices ?? [], at, promptTokens(tokens))
  if (!price) return null
  const cost = KINDS.reduce((sum, kind) => sum + BigInt(tokens[kind]) * BigInt(price[RATE_OF[kind]]), 0n)
  return cost > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(cost)
}

/**
 * What the prompt cache saved in integer nano-USD, at the prices of the day `at`: what these prompts would have cost
 * without it, less what they did cost. Negative where more was written than was read again. The counts may be sums of
 * several calls of one tier, `prompt` being the length of any of their prompts. Null when no price is known.
 */
export function cacheSavingsNanoUsd(
  model: string,
  at: Date,
  tokens: Omit<TokenCounts, 'inputTokens' | 'outputTokens'>,
  prompt: number,
): number | null {
  const price = priceAt(findModel(model)?.prices ?? [], at, prompt)
  if (!price) return null
  return (
    tokens.cacheReadInputTokens * (price.input - price.cacheRead) +
    tokens.cacheCreation5mInputTokens * (price.input - price.cacheWrite5m) +
    tokens.cacheCreation1hInputTokens * (price.input - price.cacheWrite1h)
  )
}

/** Lengths of a prompt beyond which some model costs more, in ascending order. */
export function tierBounds(models: readonly Model[]): number[] {
  const bounds = models.flatMap(({ prices }) => prices.flatMap(({ maxPromptTokens: most }) => most ?? []))
  return [...new Set(bounds)].sort((one, other) => one - other)
}

/**
 * The most that one token can cost on the day `at`, in nano-USD, whatever the prompt's length and however it is
 * cached by Helix; null when no price is known.
 */
export function highestRates(model: string, at: Date): { prompt: number; output: number } | null {
  const prices = inForce(findModel(model)?.prices ?? [], at)
  if (prices.length === 0) return null
  return {
    prompt: Math.max(...prices.flatMap(({ input, cacheWrite5m }) => [input, cacheWrite5m])),
    output: Math.max(...prices.map(({ output }) => output)),
  }
}

/** Length of the whole prompt in tokens, cached or not. */
export function promptTokens(tokens: TokenCounts): number {
  return (
    tokens.inputTokens +
    tokens.cacheCreation5mInputTokens +
    tokens.cacheCreation1hInputTokens +
    tokens.cacheReadInputTokens
  )
}

/** The row that holds on the day `at` for a prompt of this length: of the latest date, the narrowest tier. */
function priceAt(prices: readonly Price[], at: Date, prompt: number): Price | undefined {
  return inForce(prices, at)
    .filter((price) => prompt <= (price.maxPromptTokens ?? Infinity))
    .sort((a, b) => (a.maxPromptTokens ?? Infinity) - (b.maxPromptTokens ?? Infinity))
    .at(0)
}

/** The rows of the latest date that is not after the day `at`: one a tier. */
function inForce(prices: readonly Price[], at: Date): Price[] {
  const day = at.toISOString().slice(0, 10)
  const begun = prices.filter((price) => startOf(price) <= day)
  const latest = begun.map(startOf).sort().at(-1)
  return begun.filter((price) => startOf(price) === latest)
}

function startOf(price: Price): string {
  return price.effectiveFrom ?? ''
}
