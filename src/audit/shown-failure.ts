import type { FailureCode, HelixError } from '../errors.ts'
import type { Limits } from './limits.ts'
import { redactLines } from './redact.ts'
import { sanitize } from './sanitize.ts'

/** Room for what failures tell, so that only what no failure of ours needs is cut. */
const LIMITS: Limits = { depth: 12, width: 1_000, values: 20_000, text: 20_000, texts: 200_000, lines: true }

/** A failure as it may leave the process. */
export interface ShownFailure {
  code: FailureCode
  message: string
  hint: string | undefined
  next: readonly string[]
  details: Record<string, unknown> | undefined
}

/**
 * What a failure tells, without secrets: its words may quote what a person, a file or another program wrote. A reply
 * that comes with it (`details.message`) stays as Claude wrote it: it is shown to whom it belongs.
 */
export function shownFailure({ code, message, hint, next, details }: HelixError): ShownFailure {
  return {
    code,
    message: redactLines(message, LIMITS.text),
    hint: hint && redactLines(hint, LIMITS.text),
    next: next.map((command) => redactLines(command)),
    details: details && shownDetails(details),
  }
}

function shownDetails({ message, ...facts }: Record<string, unknown>): Record<string, unknown> {
  const isReply = typeof message === 'object' && message !== null
  const shown = sanitize(isReply || message === undefined ? facts : { ...facts, message }, LIMITS)
  const record = typeof shown === 'object' && shown !== null && !Array.isArray(shown) ? shown : {}
  return isReply ? { ...record, message } : record
}
