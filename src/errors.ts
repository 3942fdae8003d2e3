/**
 * Every failure Helix foresees: its stable code, the exit code of a command that meets it and the HTTP
 * status of a route that does. Callers switch on `code`, never on the text.
 */
const FAILURES = {
  // What was asked cannot be understood.
  usage: { exit: 2, status: 400 },
  needs_input: { exit: 2, status: 400 },
  consent_required: { exit: 2, status: 400 },
  request_invalid: { exit: 2, status: 400 },
  body_too_large: { exit: 2, status: 413 },
  unsupported_media_type: { exit: 2, status: 415 },

  // Who is asking.
  unauthorized: { exit: 10, status: 401 },
  forbidden: { exit: 10, status: 403 },
  scope_missing: { exit: 10, status: 403 },
  reauthentication_needed: { exit: 10, status: 403 },
  account_suspended: { exit: 10, status: 403 },
  second_factor_required: { exit: 10, status: 403 },
  signin_unavailable: { exit: 1, status: 503 },

  // What was asked for is not there, or not now.
  not_found: { exit: 1, status: 404 },
  method_not_allowed: { exit: 1, status: 405 },
  conversation_not_found: { exit: 1, status: 404 },
  message_not_found: { exit: 1, status: 404 },
  generation_not_found: { exit: 1, status: 404 },
  incident_not_found: { exit: 1, status: 404 },
  token_not_found: { exit: 1, status: 404 },
  session_not_found: { exit: 1, status: 404 },
  not_resumable: { exit: 1, status: 410 },
  idempotency_mismatch: { exit: 1, status: 422 },
  model_unknown: { exit: 2, status: 400 },
  conversation_busy: { exit: 1, status: 409 },
  too_many_open_replies: { exit: 1, status: 429 },
  too_many_tokens: { exit: 1, status: 409 },
  load_test_busy: { exit: 4, status: 409 },
  account_exists: { exit: 1, status: 409 },
  creator_account: { exit: 1, status: 409 },
  too_many_streams: { exit: 1, status: 429 },
  rate_limited: { exit: 1, status: 429 },
  budget_exhausted: { exit: 1, status: 429 },
  price_unknown: { exit: 2, status: 400 },
  draining: { exit: 1, status: 503 },
  maintenance: { exit: 1, status: 503 },
  storage_full: { exit: 1, status: 503 },
  maintenance_unverified: { exit: 1, status: 502 },

  // A reply that did not become complete.
  upstream_failed: { exit: 1, status: 502 },
  upstream_overloaded: { exit: 1, status: 503 },
  upstream_timeout: { exit: 1, status: 504 },
  interrupted: { exit: 1, status: 503 },
  stopped: { exit: 1, status: 409 },

  // This machine, its configuration and its database.
  gateway_unreachable: { exit: 1, status: 502 },
  config_invalid: { exit: 3, status: 500 },
  precondition_failed: { exit: 3, status: 500 },
  port_taken: { exit: 3, status: 500 },
  data_dir_in_use: { exit: 4, status: 503 },
  lock_held: { exit: 4, status: 503 },
  database_unreachable: { exit: 3, status: 503 },
  database_foreign: { exit: 3, status: 500 },
  schema_behind: { exit: 3, status: 503 },
  schema_ahead: { exit: 3, status: 503 },
  transaction_expired: { exit: 1, status: 503 },
  migration_refused: { exit: 3, status: 500 },
  migration_failed: { exit: 7, status: 500 },
  audit_unavailable: { exit: 1, status: 503 },
  mail_failed: { exit: 1, status: 503 },
  discord_failed: { exit: 1, status: 503 },
  program_failed: { exit: 1, status: 500 },
  host_unreachable: { exit: 1, status: 502 },
  host_failed: { exit: 1, status: 502 },
  host_timeout: { exit: 1, status: 504 },
  deploy_failed: { exit: 1, status: 500 },
  rolled_back: { exit: 5, status: 500 },
  rollback_failed: { exit: 6, status: 500 },
  backup_failed: { exit: 8, status: 500 },
  backup_not_found: { exit: 8, status: 404 },
  backup_unreadable: { exit: 8, status: 500 },
  backup_damaged: { exit: 8, status: 500 },
  restore_failed: { exit: 8, status: 500 },
  thresholds_missed: { exit: 9, status: 500 },
  findings: { exit: 1, status: 500 },
  checks_failed: { exit: 3, status: 500 },
  internal: { exit: 1, status: 500 },
} as const

export type FailureCode = keyof typeof FAILURES

/** Every code, in the order of the table. */
export const FAILURE_CODES = Object.keys(FAILURES) as FailureCode[]

interface FailureDetails {
  /** What the reader can do next, in one sentence. */
  hint?: string
  /** Commands that lead on, most useful first. */
  next?: readonly string[]
  /** Facts a program may want, safe to show: never a secret, never another user's data. */
  details?: Record<string, unknown>
  cause?: unknown
}

/** The one error class of Helix: a code of the table, a message that names the value, and the next step. */
export class HelixError extends Error {
  override readonly name = 'HelixError'
  readonly code: FailureCode
  readonly hint: string | undefined
  readonly next: readonly string[]
  readonly details: Record<string, unknown> | undefined

  constructor(code: FailureCode, message: string, { hint, next = [], details, cause }: FailureDetails = {}) {
    super(message, { cause })
    this.code = code
    this.hint = hint
    this.next = next
    this.details = details
  }

  /** Exit code of a command that ends with this failure. */
  get exit(): number {
    return FAILURES[this.code].exit
  }

  /** HTTP status of a response that carries this failure. */
  get status(): number {
    return FAILURES[this.code].status
  }
}

/** A foreseen failure in the words of another protocol, with a code of that protocol. */
export abstract class ForeignError extends Error {
  abstract readonly code: string
}

/** Whether `code` is one of the table, as read from another process's JSON. */
export function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(FAILURES, code)
}

/** Turns anything thrown into a HelixError; what nobody foresaw becomes `internal` with the cause kept. */
export function asHelixError(thrown: unknown): HelixError {
  if (thrown instanceof HelixError) return thrown
  return new HelixError('internal', 'Something unforeseen went wrong', {
    hint: 'Run again with --verbose to see the cause, and report it.',
    cause: thrown,
  })
}

/** The code of anything thrown; what nobody foresaw is `internal`. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof ForeignError ? thrown.code : asHelixError(thrown).code
}
