/** Tokens of one call, in Claude's own four kinds; total input is the sum of the first three. */
export interface TokenCounts {
  inputTokens: number
  cacheCreation5mInputTokens: number
  cacheCreation1hInputTokens: number
  cacheReadInputTokens: number
  outputTokens: number
}

/** One block of a prompt; `cache` puts a cache breakpoint after it. */
export interface PromptBlock {
  text: string
  cache?: boolean
}

/** What is asked of Claude. The prefix (`system`, then `turns` but the last) is byte-stable from call to call. */
export interface ClaudeRequest {
  model: string
  maxTokens: number
  system: readonly PromptBlock[]
  turns: readonly { role: 'user' | 'assistant'; blocks: readonly PromptBlock[] }[]
  /** How hard the model may think; its own default when absent. Thinking counts towards `maxTokens`. */
  effort?: 'low' | 'medium' | 'high'
  /** An opaque per-person id for Claude's abuse detection; never an email or a name. */
  endUser?: string
}

/** What a call yields, in order: `sent` once per attempt, deltas, at most one `end`; failures are thrown. */
export type ClaudeEvent =
  | { type: 'sent'; attempt: number }
  | { type: 'retrying'; attempt: number; delayMs: number; reason: string }
  | { type: 'delta'; text: string }
  | { type: 'end'; stopReason: string; requestId: string | null }

/** The running count of a call; `final` once Claude's own last figures arrived. */
export interface ClaudeMeter {
  tokens: TokenCounts
  final: boolean
  requestId: string | null
}

/**
 * A way to reach Claude.
 *
 * `stream` yields the reply; `meter` is filled while it runs and holds what is known even when it throws.
 * Ends with an `end` event only after Claude's `message_stop`.
 * @throws HelixError `upstream_failed`, `upstream_overloaded`, `upstream_timeout`, or `stopped` when `signal` aborts.
 */
export interface Claude {
  readonly simulated: boolean
  stream(request: ClaudeRequest, meter: ClaudeMeter, signal: AbortSignal): AsyncGenerator<ClaudeEvent, void>
}

/** Who answers: Claude, or whoever plays it where that is what was asked for. */
export type ClaudeOf = (asked: { simulated: boolean }) => Claude

/** A meter that has counted nothing yet. */
export function newMeter(): ClaudeMeter {
  return {
    tokens: {
      inputTokens: 0,
      cacheCreation5mInputTokens: 0,
      cacheCreation1hInputTokens: 0,
      cacheReadInputTokens: 0,
      outputTokens: 0,
    },
    final: false,
    requestId: null,
  }
}
