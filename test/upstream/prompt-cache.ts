import { createHash } from 'node:crypto'
import { type MessagesBody, promptBlocks } from './request.ts'

/** The input side of a `usage` object. */
export interface PromptUsage {
  input_tokens: number
  cache_creation_input_tokens: number
  cache_read_input_tokens: number
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number }
}

/** Claude looks for a cached prefix this many blocks back from each breakpoint. */
const LOOKBACK = 20
const LIFETIME_MS = { '5m': 5 * 60_000, '1h': 60 * 60_000 }

interface Prefix {
  hash: string
  tokens: number
  ttl: '5m' | '1h' | null
}

/** Simulates prompt caching: what a request reads, what it writes, what remains at full price. */
export function createPromptCache(minimumTokens: number, now: () => number = Date.now) {
  const expiry = new Map<string, number>()

  return function account(body: MessagesBody): PromptUsage {
    const prefixes = prefixesOf(body)
    const total = prefixes.at(-1)?.tokens ?? 0
    const marks = [...prefixes.keys()].filter((index) => prefixes[index]?.ttl)
    const cacheable = marks.filter((index) => (prefixes[index]?.tokens ?? 0) >= minimumTokens)
    const hit = prefixes.findLastIndex(
      ({ hash }, index) => isNear(index, cacheable) && (expiry.get(hash) ?? 0) > now(),
    )
    const read = prefixes[hit]?.tokens ?? 0
    const written = { '5m': 0, '1h': 0 }
    let upTo = read
    for (const index of cacheable) {
      const { hash, tokens, ttl } = prefixes[index] as Prefix
      expiry.set(hash, now() + LIFETIME_MS[ttl ?? '5m'])
      if (tokens <= upTo) continue
      written[ttl ?? '5m'] += tokens - upTo
      upTo = tokens
    }
    return {
      input_tokens: total - upTo,
      cache_creation_input_tokens: written['5m'] + written['1h'],
      cache_read_input_tokens: read,
      cache_creation: {
        ephemeral_5m_input_tokens: written['5m'],
        ephemeral_1h_input_tokens: written['1h'],
      },
    }
  }
}

function isNear(index: number, marks: number[]): boolean {
  return marks.some((mark) => index <= mark && index > mark - LOOKBACK)
}

/** Every prefix that ends at a block, with a hash of all before it; the top-level mark is the last block's. */
function prefixesOf(body: MessagesBody): Prefix[] {
  const blocks = promptBlocks(body)
  let hash = body.model
  let tokens = 0
  return blocks.map(({ role, text, cache_control }, index) => {
    hash = createHash('sha256').update(`${hash}\0${role}\0${text}`).digest('base64')
    tokens += countTokens(text)
    const mark = cache_control ?? (index === blocks.length - 1 ? body.cache_control : undefined)
    return { hash, tokens, ttl: mark ? (mark.ttl ?? '5m') : null }
  })
}

/** The stub's tokenizer: four UTF-16 units to a token. */
function countTokens(text: string): number {
  return Math.ceil(text.length / 4)
}
