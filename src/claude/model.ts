/** What one token costs, in integer nano-USD: $1 per million tokens is 1000. */
export interface Rates {
  input: number
  output: number
  cacheWrite5m: number
  cacheWrite1h: number
  cacheRead: number
}

/** One dated row of the price list. */
export interface Price extends Rates {
  /** UTC day (`2026-10-07`) from which the row holds; null means since the model's release. */
  effectiveFrom: string | null
  /** The longest prompt the row covers, cache reads and writes included; null means any. */
  maxPromptTokens: number | null
  /** Rates not published for this model but computed from its input rate (5m 1.25×, 1h 2×). */
  derived: readonly (keyof Rates)[]
  source: string
}

/** What Helix knows of one Claude model. */
export interface Model {
  id: string
  /** Dated ids Claude takes for the same model. */
  aliases: readonly string[]
  maxInputTokens: number
  maxOutputTokens: number
  /** The shortest prompt prefix Claude caches; null where it is not known. */
  cacheMinimumTokens: number | null
  lifecycle: 'active' | 'deprecated' | 'retired'
  /** UTC day of the scheduled retirement; null while none is. */
  retiresAt: string | null
  /** Limits no source states for this model: a cautious lower bound stands in their place. */
  assumed: readonly ('maxInputTokens' | 'maxOutputTokens')[]
  /** Empty where no price is published: such a model's cost is unknown, never guessed. */
  prices: readonly Price[]
}
