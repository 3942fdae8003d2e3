import type Anthropic from '@anthropic-ai/sdk'
import { HelixError } from '../errors.ts'
import type { ClaudeRequest, PromptBlock } from './claude.ts'

/** Claude takes at most this many cache breakpoints in one prompt. */
const MAX_BREAKPOINTS = 4

const EPHEMERAL = { type: 'ephemeral' } as const

/**
 * The Messages API's own form of a request.
 *
 * A prompt that marks blocks for the cache also gets Claude's automatic breakpoint, which moves along with
 * the growing conversation; one that marks none is a one-off and pays for no cache write.
 * @throws HelixError `internal` when a prompt has more breakpoints than Claude takes
 */
export function messageParams(request: ClaudeRequest): Anthropic.MessageCreateParamsStreaming {
  const marked = countMarked(request)
  if (marked + 1 > MAX_BREAKPOINTS) {
    throw new HelixError('internal', `A prompt marks ${marked} blocks for the cache`, {
      hint: `Mark at most ${MAX_BREAKPOINTS - 1}: one of Claude's ${MAX_BREAKPOINTS} breakpoints is automatic.`,
    })
  }
  return {
    model: request.model,
    max_tokens: request.maxTokens,
    stream: true,
    ...(request.system.length > 0 && { system: request.system.map(textBlock) }),
    messages: request.turns.map(({ role, blocks }) => ({ role, content: blocks.map(textBlock) })),
    ...(marked > 0 && { cache_control: EPHEMERAL }),
    ...(request.effort !== undefined && { output_config: { effort: request.effort } }),
    ...(request.endUser !== undefined && { metadata: { user_id: request.endUser } }),
  }
}

function countMarked({ system, turns }: ClaudeRequest): number {
  return [...system, ...turns.flatMap(({ blocks }) => blocks)].filter(({ cache }) => cache).length
}

function textBlock({ text, cache }: PromptBlock): Anthropic.TextBlockParam {
  return cache ? { type: 'text', text, cache_control: EPHEMERAL } : { type: 'text', text }
}
