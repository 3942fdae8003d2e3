import { retryAfter } from '../../../../src/client/retry.ts'
import { asHelixError, type FailureCode } from '../../../../src/errors.ts'
import type { Failure } from './waiting.ts'

/** Refusals that pass by themselves, or by what happens elsewhere: the message keeps its turn. */
const PASSING: readonly FailureCode[] = [
  'gateway_unreachable',
  'draining',
  'maintenance',
  'storage_full',
  'database_unreachable',
  'transaction_expired',
  'audit_unavailable',
  'schema_behind',
  'schema_ahead',
  'signin_unavailable',
  'rate_limited',
  'too_many_open_replies',
  'too_many_streams',
  'conversation_busy',
  'unauthorized',
]
/** Of these, the ones that say nothing of the way to the gateway: the message does not count as written offline. */
const NO_MATTER_OF_CONNECTION: readonly FailureCode[] = [
  'rate_limited',
  'too_many_open_replies',
  'too_many_streams',
  'conversation_busy',
  'storage_full',
]
/** Attempts that end in something nobody foresaw, before the message counts as the cause. */
const UNFORESEEN_ATTEMPTS = 5

/** What becomes of a message whose attempt failed. */
export interface Verdict {
  /** Whether to try again without being asked. */
  passing: boolean
  /** Whether it has to wait for a way to the gateway. */
  offline: boolean
  /** How long the gateway asks to wait, in ms. */
  waitMs: number
  failure: Failure
}

/** @param attempts how many attempts there have been, this one included */
export function judge(error: unknown, attempts: number): Verdict {
  const { code, message, hint } = asHelixError(error)
  const known = PASSING.includes(code)
  return {
    passing: known || (code === 'internal' && attempts < UNFORESEEN_ATTEMPTS),
    offline: known && !NO_MATTER_OF_CONNECTION.includes(code),
    waitMs: retryAfter(error) ?? 0,
    failure: { code, message, ...(hint !== undefined && { hint }) },
  }
}
