import type { Message } from '../../../../src/contract/chat.ts'
import { costText, countText } from '../numbers.ts'

/** Model, tokens, cost and time of a reply, as one quiet line. */
export function factsOf({ model, usage, createdAt }: Message, language: string): string {
  const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' }).format(
    new Date(createdAt),
  )
  const cost =
    usage && !usage.simulated && usage.costNanoUsd !== null ? costText(usage.costNanoUsd, language) : ''
  const tokens = usage ? `${countText(usage.outputTokens, language)} tokens` : ''
  return [model, tokens, cost, time].filter(Boolean).join(' · ')
}
