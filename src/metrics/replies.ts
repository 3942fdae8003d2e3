import type { MessageStatus } from '../contract/chat.ts'
import { modelLabel } from './claude.ts'
import type { Series } from './registry.ts'

/** What is counted of a generation that has been settled. */
export interface CountedReply {
  state: MessageStatus
  model: string
  simulated: boolean
  overheadMs: number | null
  problem: { code: string } | null
  usage: {
    tokens: {
      inputTokens: number
      cacheCreation5mInputTokens: number
      cacheCreation1hInputTokens: number
      cacheReadInputTokens: number
      outputTokens: number
    }
    costNanoUsd: number | null
  }
}

/** How replies end, what they cost, and how readers come to them. */
export function replyMetrics({ counter, gauge, histogram }: Series) {
  const replies = counter('helix_replies_total', 'Replies settled, by how they ended.', [
    'model',
    'simulated',
    'outcome',
  ])
  const failed = counter('helix_reply_failures_total', 'Replies that are not whole, by why.', ['code'])
  const firstToken = histogram(
    'helix_first_token_seconds',
    'From the arrival of a message to the first words of its reply.',
  )
  const overhead = histogram('helix_overhead_seconds', 'What Helix took before it asked Claude.')
  const tokens = counter('helix_tokens_total', 'Tokens used, as settled.', ['model', 'simulated', 'kind'])
  const cost = counter('helix_cost_usd_total', 'What they cost, in US dollars.', ['model', 'simulated'])
  const unpriced = counter('helix_unpriced_replies_total', 'Replies of models whose price is unknown.', [
    'model',
  ])
  const reads = counter('helix_reply_reads_total', 'Readers that came to a reply, by where they began.', [
    'from',
  ])
  const input = { read: 0, all: 0 }
  gauge(
    'helix_cache_hit_ratio',
    'Share of input tokens that the prompt cache held, since the start; absent until there were any.',
    [],
    (ratio) => (input.all > 0 ? ratio.set(input.read / input.all) : ratio.remove()),
  )

  return {
    firstToken: (ms: number) => firstToken.observe(ms / 1_000),
    read: (from: 'start' | 'snapshot' | 'resumed') => reads.inc({ from }),

    settled({
      state,
      model: name,
      simulated,
      overheadMs,
      problem,
      usage: { tokens: used, costNanoUsd },
    }: CountedReply): void {
      const model = modelLabel(name)
      const of = { model, simulated: String(simulated) }
      replies.inc({ ...of, outcome: state })
      if (problem) failed.inc({ code: problem.code })
      if (overheadMs !== null) overhead.observe(overheadMs / 1_000)
      const written = used.cacheCreation5mInputTokens + used.cacheCreation1hInputTokens
      tokens.inc({ ...of, kind: 'input' }, used.inputTokens)
      tokens.inc({ ...of, kind: 'cache_write' }, written)
      tokens.inc({ ...of, kind: 'cache_read' }, used.cacheReadInputTokens)
      tokens.inc({ ...of, kind: 'output' }, used.outputTokens)
      input.read += used.cacheReadInputTokens
      input.all += used.inputTokens + written + used.cacheReadInputTokens
      if (costNanoUsd === null) unpriced.inc({ model })
      else cost.inc(of, costNanoUsd / 1e9)
    },
  }
}
