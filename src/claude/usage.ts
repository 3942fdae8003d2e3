import type { TokenCounts } from './claude.ts'

/**
 * Takes over the counts of one `usage` object of the stream.
 *
 * Claude's figures are cumulative, so each one replaces what was known; a figure that is missing, null or no
 * count leaves the old one. Cache writes without their 5m/1h split count as 5m beyond the 1h ones known.
 */
export function recordUsage(tokens: TokenCounts, usage: unknown): void {
  if (!isRecord(usage)) return
  tokens.inputTokens = count(usage.input_tokens) ?? tokens.inputTokens
  tokens.cacheReadInputTokens = count(usage.cache_read_input_tokens) ?? tokens.cacheReadInputTokens
  tokens.outputTokens = count(usage.output_tokens) ?? tokens.outputTokens
  recordCacheWrites(tokens, usage)
}

function recordCacheWrites(tokens: TokenCounts, usage: Record<string, unknown>): void {
  const total = count(usage.cache_creation_input_tokens)
  if (isRecord(usage.cache_creation)) {
    const split = usage.cache_creation
    tokens.cacheCreation5mInputTokens = count(split.ephemeral_5m_input_tokens) ?? 0
    tokens.cacheCreation1hInputTokens = count(split.ephemeral_1h_input_tokens) ?? 0
  } else if (total !== undefined) {
    tokens.cacheCreation1hInputTokens = Math.min(tokens.cacheCreation1hInputTokens, total)
    tokens.cacheCreation5mInputTokens = total - tokens.cacheCreation1hInputTokens
  }
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined
}

/** Whether a value of the wire is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
