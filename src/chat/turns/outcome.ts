import { HelixError } from '../../errors.ts'
import { conversationNotFound } from '../conversations.ts'
import type { HistoryLine } from '../prompt.ts'
import { type Allowance, budgetExhausted, type Overdrawn, tooSoon } from './allowance.ts'
import type { TurnRequest } from './request.ts'

/** What `helix.open_turns` says of one turn. */
export interface Outcome extends Partial<Overdrawn> {
  turn: string
  outcome:
    | 'opened'
    | 'replay'
    | 'mismatch'
    | 'foreign'
    | 'deleted'
    | 'busy'
    | 'too_many'
    | 'message_not_found'
    | 'over_budget'
    | 'rate_limited'
  generationId?: string
  parentId?: string | null
  userMessageId?: string
  memoryBlock?: string | null
  history?: { summary: string | null; messages: HistoryLine[] } | null
  intentSeq?: number
  /** How many turns may follow at once; for a rate-limited one, in how many ms one may. */
  remaining?: number
  waitMs?: number
}

/** Why a turn that is neither opened nor a replay is refused. */
export function refusal(
  outcome: Outcome,
  request: TurnRequest,
  { openReplies, allowance }: { openReplies: number; allowance: Allowance },
): HelixError {
  switch (outcome.outcome) {
    case 'over_budget':
      return budgetExhausted(outcome as Overdrawn, new Date())
    case 'rate_limited':
      return tooSoon(allowance, outcome.waitMs ?? 0)
    case 'mismatch':
      return new HelixError(
        'idempotency_mismatch',
        `"${request.clientMessageId}" was already used for another message`,
        {
          hint: 'Use a new clientMessageId for each new message, and repeat one only with the same body.',
        },
      )
    case 'busy':
      return new HelixError('conversation_busy', 'This conversation already has a reply under way', {
        hint: 'Wait for the reply to end, or stop it, then send again.',
      })
    case 'too_many':
      return new HelixError('too_many_open_replies', `You already have ${openReplies} replies under way`, {
        hint: 'Wait for one to end, or stop one.',
      })
    case 'message_not_found':
      return new HelixError(
        'message_not_found',
        `No message ${'messageId' in request ? request.messageId : ''} to branch from`,
        {
          hint: 'Edit one of your own messages, or regenerate one of the replies, of this conversation.',
        },
      )
    default:
      return conversationNotFound(request.sessionKey ?? '')
  }
}
