import { failureText } from '../text/failure.ts'
import type { Text } from '../text/text.ts'
import { SignInRefusal } from './refusal.ts'

type Catalog = Text['value']
type Refused = Catalog['signin']['refused']

const CODE_WRONG = new Set(['otp_expired', 'validation_failed'])
const EXPIRED = new Set([
  'flow_state_expired',
  'mfa_challenge_expired',
  'session_not_found',
  'session_expired',
])

/** Why signing in was refused, in words, with what to do next. */
export function refusedText(error: unknown, { signin, failures }: Catalog): string {
  if (!(error instanceof SignInRefusal)) return failureText(error, failures)
  const { refused } = signin
  const { code, waitSeconds } = error
  if (code === 'weak_password') return weakText(error.reasons, refused)
  if (code === 'over_request_rate_limit') return refused.limit(waitSeconds)
  if (code === 'over_email_send_rate_limit') return refused.mailLimit(waitSeconds)
  if (code === 'email_exists') return refused.user_already_exists
  if (CODE_WRONG.has(code)) return refused.code
  if (EXPIRED.has(code)) return refused.expired
  const text = (refused as Readonly<Record<string, unknown>>)[code]
  return typeof text === 'string' ? text : failureText(error, failures)
}

function weakText(reasons: readonly string[], { weak }: Refused): string {
  const { start, ...known } = weak
  const lacking = reasons.flatMap((reason) => (reason in known ? [known[reason as keyof typeof known]] : []))
  return `${start} ${(lacking.length > 0 ? lacking : [weak.length]).join(', ')}.`
}
