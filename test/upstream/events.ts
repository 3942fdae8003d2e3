import type { PromptUsage } from './prompt-cache.ts'

/** One reply as it goes over the wire: what precedes its text, the text in pieces, what follows. */
export interface ReplyEvents {
  head: string
  pieces: string[]
  tail: string
}

export interface ReplyFacts {
  id: string
  model: string
  pieces: string[]
  stopReason: string
  promptUsage: PromptUsage
}

/** The event stream of a text reply; each piece of text is one token. */
export function replyEvents({ id, model, pieces, stopReason, promptUsage }: ReplyFacts): ReplyEvents {
  const { cache_creation: _split, ...cumulative } = promptUsage
  const message = { id, type: 'message', role: 'assistant', model, content: [], stop_reason: null }
  return {
    head:
      sse('message_start', {
        message: { ...message, stop_sequence: null, usage: { ...promptUsage, output_tokens: 1 } },
      }) +
      sse('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
      ping(),
    pieces: pieces.map(textDelta),
    tail:
      sse('content_block_stop', { index: 0 }) +
      sse('message_delta', {
        delta: { stop_reason: stopReason, stop_sequence: null },
        usage: { ...cumulative, output_tokens: pieces.length },
      }) +
      sse('message_stop', {}),
  }
}

export function ping(): string {
  return sse('ping', {})
}

export function textDelta(text: string): string {
  return sse('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
}

/** One server-sent event whose data repeats its type, as Claude's do. */
export function sse(type: string, data: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
}
