import { ForeignError } from '../errors.ts'

/** Sign-in failures by GoTrue's own codes, each with the HTTP status its clients expect. */
const STATUS = {
  bad_json: 400,
  validation_failed: 400,
  email_address_invalid: 400,
  email_provider_disabled: 400,
  phone_provider_disabled: 400,
  invalid_credentials: 400,
  email_not_confirmed: 400,
  user_banned: 400,
  session_expired: 400,
  refresh_token_not_found: 400,
  refresh_token_already_used: 400,
  bad_code_verifier: 400,
  reauthentication_needed: 400,
  provider_disabled: 400,
  no_authorization: 401,
  bad_jwt: 403,
  not_admin: 403,
  session_not_found: 403,
  user_not_found: 403,
  otp_expired: 403,
  insufficient_aal: 422,
  mfa_factor_not_found: 404,
  mfa_factor_name_conflict: 422,
  mfa_ip_address_mismatch: 422,
  mfa_challenge_expired: 422,
  mfa_verification_failed: 422,
  mfa_phone_enroll_not_enabled: 422,
  mfa_webauthn_enroll_not_enabled: 422,
  too_many_enrolled_mfa_factors: 422,
  over_request_rate_limit: 429,
  email_exists: 422,
  flow_state_expired: 403,
  flow_state_not_found: 404,
  manual_linking_disabled: 404,
  saml_provider_disabled: 404,
  anonymous_provider_disabled: 422,
  user_already_exists: 422,
  weak_password: 422,
  same_password: 422,
  otp_disabled: 422,
  reauthentication_not_valid: 422,
  web3_provider_disabled: 422,
  over_email_send_rate_limit: 429,
  unexpected_failure: 500,
} as const

export type SignInCode = keyof typeof STATUS

/** The status of a code, or undefined when it is none of GoTrue's that we know. */
export function statusOf(code: string): number | undefined {
  return (STATUS as Readonly<Record<string, number>>)[code]
}

export type WeakPasswordReason = 'length'

/** A sign-in request that was refused, as a GoTrue client understands it. The message never holds a secret. */
export class SignInError extends ForeignError {
  override readonly name = 'SignInError'
  readonly code: SignInCode
  readonly status: number
  /** Why a password is weak; only with `weak_password`. */
  readonly reasons: readonly WeakPasswordReason[] | undefined
  /** When the same request may succeed, in ms; only where a limit refused it. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: SignInCode,
    message: string,
    { status = STATUS[code], reasons, retryAfterMs }: SignInErrorOptions = {},
  ) {
    super(message)
    this.code = code
    this.status = status
    this.reasons = reasons
    this.retryAfterMs = retryAfterMs
  }
}

interface SignInErrorOptions {
  /** Where GoTrue answers the code with another status than usual. */
  status?: number
  reasons?: readonly WeakPasswordReason[]
  retryAfterMs?: number
}
