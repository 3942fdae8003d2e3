import type { Message } from '../../../../src/contract/chat.ts'

/** What the replies that are loaded came to. */
export interface Totals {
  /** Tokens of the last prompt and reply: what the next prompt begins with. */
  context: number
  /** Tokens of prompt the model takes; undefined where it is not known. */
  limit: number | undefined
  /** Which share of the last prompt came from the cache. */
  fromCache: number
  costNanoUsd: number
  estimated: boolean
  unpriced: boolean
  simulated: boolean
}

/** Adds up the usage of messages; undefined while none has any. */
export function totalsOf(messages: readonly Message[]): Totals | undefined {
  const used = messages.flatMap((message) =>
    message.usage ? [{ ...message.usage, limit: message.inputLimit }] : [],
  )
  const last = used.at(-1)
  if (!last) return undefined
  const prompt = last.inputTokens + last.cacheCreationInputTokens + last.cacheReadInputTokens
  const real = used.filter(({ simulated }) => !simulated)
  return {
    context: prompt + last.outputTokens,
    limit: last.limit,
    fromCache: prompt === 0 ? 0 : last.cacheReadInputTokens / prompt,
    costNanoUsd: real.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0),
    estimated: real.some(({ estimated }) => estimated),
    unpriced: real.some(({ costNanoUsd }) => costNanoUsd === null),
    simulated: used.some(({ simulated }) => simulated),
  }
}
