import type { ClaudeMeter, TokenCounts } from '../../claude/claude.ts'
import { costNanoUsd, promptTokens } from '../../claude/price.ts'
import type { Usage } from '../../contract/chat.ts'

/** Characters of a token, roughly, where Claude's own count never came. */
const CHARACTERS_PER_TOKEN = 4

/** What a reply used, settled: Claude's own count, or an estimate that says so. */
export interface Settled {
  tokens: TokenCounts
  costNanoUsd: number | null
  estimated: boolean
  requestId: string | null
}

interface Known {
  model: string
  at: Date
  meter: Pick<ClaudeMeter, 'tokens' | 'final' | 'requestId'>
  /** Whether Claude may have worked at all: a call refused outright costs nothing. */
  worked: boolean
  promptCharacters: number
  replyCharacters: number
}

/** Settles the usage of an ended reply; simulated replies are counted and priced like real ones, and say so. */
export function settleUsage({ model, at, meter, worked, promptCharacters, replyCharacters }: Known): Settled {
  const estimated = worked && !meter.final
  const tokens = estimated ? estimate(meter.tokens, promptCharacters, replyCharacters) : meter.tokens
  return { tokens, costNanoUsd: costNanoUsd(model, at, tokens), estimated, requestId: meter.requestId }
}

/** The wire form of settled usage. */
export function toUsage(
  { tokens, costNanoUsd, estimated }: Settled,
  simulated: boolean,
  overheadMs: number | null,
): Usage {
  return {
    inputTokens: tokens.inputTokens,
    cacheCreationInputTokens: tokens.cacheCreation5mInputTokens + tokens.cacheCreation1hInputTokens,
    cacheReadInputTokens: tokens.cacheReadInputTokens,
    outputTokens: tokens.outputTokens,
    costNanoUsd,
    estimated,
    simulated,
    overheadMs,
  }
}

function estimate(known: TokenCounts, promptCharacters: number, replyCharacters: number): TokenCounts {
  const input =
    promptTokens(known) === 0 ? Math.ceil(promptCharacters / CHARACTERS_PER_TOKEN) : known.inputTokens
  const output = Math.max(known.outputTokens, Math.ceil(replyCharacters / CHARACTERS_PER_TOKEN))
  return { ...known, inputTokens: input, outputTokens: output }
}
