import { APIConnectionError, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk'
import { type FailureCode, HelixError } from '../errors.ts'

/** A call that failed before the reply began: what to tell, and whether asking again may help. */
export interface CallFailure {
  error: HelixError
  retryable: boolean
  /** How long Claude asks to wait, in ms; null when it does not say. */
  retryAfterMs: number | null
}

interface Verdict {
  code: FailureCode
  what: string
  hint: string
}

const OVERLOADED: Verdict = {
  code: 'upstream_overloaded',
  what: 'Claude is overloaded',
  hint: 'Try again in a minute.',
}
const TIMED_OUT: Verdict = {
  code: 'upstream_timeout',
  what: 'Claude ran out of time',
  hint: 'Try again; ask for less at once if it happens again.',
}
const BROKEN: Verdict = { code: 'upstream_failed', what: 'Claude failed inside', hint: 'Try again.' }

/** By Claude's error type, which also tells an error in the middle of a stream, where there is no status. */
const BY_TYPE: Record<string, Verdict> = {
  overloaded_error: OVERLOADED,
  timeout_error: TIMED_OUT,
  api_error: BROKEN,
  rate_limit_error: {
    code: 'upstream_overloaded',
    what: "Claude's rate limit for this API key is reached",
    hint: 'Try again later, or raise the limit in the Claude Console.',
  },
  authentication_error: refused('refused the API key', 'Check CLAUDE_API_KEY.'),
  permission_error: refused('does not permit this to the API key', 'Check what CLAUDE_API_KEY may use.'),
  billing_error: refused('refused for a billing reason', 'Check the balance in the Claude Console.'),
  not_found_error: refused('does not know what was asked for', 'Check the model and ANTHROPIC_BASE_URL.'),
  request_too_large: refused('refused the prompt as too large', 'Start a new conversation.'),
  invalid_request_error: refused(
    'refused the request as invalid',
    'Check the model, its limits and your spend limit; the request id finds the reason in the Claude Console.',
  ),
}
const BY_STATUS: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

function refused(what: string, hint: string): Verdict {
  return { code: 'upstream_failed', what: `Claude ${what}`, hint }
}

/**
 * What a thrown value of the SDK means. Nothing of the request or of Claude's own wording is taken over: both
 * may quote the prompt, and only ids and types of a known form are kept.
 */
export function callFailure(thrown: unknown): CallFailure {
  if (thrown instanceof HelixError) return { error: thrown, retryable: false, retryAfterMs: null }
  if (thrown instanceof APIConnectionError) return unreachable(thrown)
  if (thrown instanceof APIError) return answered(thrown)
  return { error: brokenOff(thrown), retryable: false, retryAfterMs: null }
}

/** The failure that an `error` event in the middle of a stream tells. */
export function streamFailure(type: unknown): HelixError {
  const known = typeof type === 'string' && Object.hasOwn(BY_TYPE, type) ? type : 'api_error'
  const { code, what, hint } = BY_TYPE[known] ?? BROKEN
  return new HelixError(code, `${what} (${known}, in the middle of the reply)`, {
    hint,
    details: { type: known },
  })
}

/** The failure of a connection that broke in the middle of a reply. */
function brokenOff(thrown: unknown): HelixError {
  return new HelixError('upstream_failed', `The connection to Claude broke (${reasonOf(thrown)})`, {
    hint: 'Try again.',
    details: { reason: reasonOf(thrown) },
  })
}

function unreachable(thrown: APIConnectionError): CallFailure {
  const timedOut = thrown instanceof APIConnectionTimeoutError
  const reason = timedOut ? 'connect timeout' : reasonOf(thrown.cause)
  const error = new HelixError(
    timedOut ? 'upstream_timeout' : 'upstream_failed',
    `Claude cannot be reached (${reason})`,
    { hint: 'Check the network and ANTHROPIC_BASE_URL.', details: { reason } },
  )
  return { error, retryable: true, retryAfterMs: null }
}

function answered(thrown: APIError): CallFailure {
  const { status = 0, headers } = thrown
  const { code, what, hint } = BY_TYPE[thrown.type ?? ''] ?? BY_TYPE[BY_STATUS[status] ?? ''] ?? BROKEN
  const retryAfterMs = retryAfter(headers)
  const details = { status, requestId: wireId(thrown.requestID), errorCode: wireId(thrown.errorCode) }
  const error = new HelixError(code, `${what} (${status})`, {
    hint: retryAfterMs === null ? hint : `Claude asks to wait ${Math.ceil(retryAfterMs / 1000)} s.`,
    details: { ...details, ...(retryAfterMs !== null && { retryAfterMs }) },
  })
  const told = headers?.get('x-should-retry') !== 'false'
  return { error, retryable: told && (status === 429 || status >= 500), retryAfterMs }
}

function retryAfter(headers: Headers | undefined): number | null {
  const ms = Number.parseFloat(headers?.get('retry-after-ms') ?? '')
  if (ms >= 0) return ms
  const value = headers?.get('retry-after') ?? ''
  const seconds = Number.parseFloat(value)
  if (seconds >= 0) return seconds * 1000
  const until = Date.parse(value) - Date.now()
  return Number.isNaN(until) ? null : Math.max(0, until)
}

/** An id as it came over the wire, or null when it has not the form of one. */
export function wireId(value: unknown): string | null {
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value) ? value : null
}

function reasonOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? wireId(thrown.code) : null
  if (code) return code
  return thrown instanceof Error && thrown.cause instanceof Error ? reasonOf(thrown.cause) : 'no reason given'
}
