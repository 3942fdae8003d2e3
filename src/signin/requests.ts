import { z } from 'zod'
import { SignInError } from './failure.ts'
import { isReservedEmail } from './reserved.ts'

/** Metadata travels in each access token, and tokens in a header. */
const LONGEST_METADATA = 4096
const DEEPEST = 32

const Text = z.string().max(4096)

/** Fields of GoTrue's sign-up and password bodies; others are ignored, as GoTrue does. */
const CredentialsBody = z.object({
  email: Text.nullish(),
  phone: Text.nullish(),
  password: Text.nullish(),
  data: z.record(z.string(), z.unknown()).nullish(),
})

const RefreshBody = z.object({ refresh_token: Text.nullish() })

const Email = z.email().max(255)

/**
 * Reads a request body that must be a JSON object.
 * @throws SignInError `bad_json` when it is not, `validation_failed` for text or nesting a database cannot take.
 */
export function parseBody(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new SignInError('bad_json', 'Could not parse request body as JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SignInError('bad_json', 'The request body must be a JSON object')
  }
  refuseUnstorable(value)
  return value as Record<string, unknown>
}

/** Sign-up by address and password. @throws SignInError by what is missing, wrong or not offered. */
export function parseSignUp(body: Record<string, unknown>) {
  const { email, phone, password, data } = parse(CredentialsBody, body)
  if (!email && phone) throw new SignInError('phone_provider_disabled', 'Phone signups are disabled')
  if (!email) throw new SignInError('anonymous_provider_disabled', 'Anonymous sign-ins are disabled')
  if (phone) throw onlyOne('signup')
  if (!password) throw new SignInError('validation_failed', 'Signup requires a valid password')
  const metadata = data ?? {}
  if (JSON.stringify(metadata).length > LONGEST_METADATA) {
    throw new SignInError(
      'validation_failed',
      `User metadata cannot be longer than ${LONGEST_METADATA} characters`,
    )
  }
  return { email: parseNewEmail(email), password, data: metadata }
}

/** The password grant. @throws SignInError by what is missing, wrong or not offered. */
export function parsePasswordGrant(body: Record<string, unknown>) {
  const { email, phone, password } = parse(CredentialsBody, body)
  if (email && phone) throw onlyOne('login')
  if (phone) throw new SignInError('phone_provider_disabled', 'Phone logins are disabled', { status: 422 })
  if (!email) throw new SignInError('validation_failed', 'missing email or phone')
  return { email: email.trim().toLowerCase(), password: password ?? '' }
}

/** The refresh grant. @throws SignInError `validation_failed` */
export function parseRefreshGrant(body: Record<string, unknown>): string {
  const { refresh_token } = parse(RefreshBody, body)
  if (!refresh_token) throw new SignInError('validation_failed', 'refresh_token required')
  return refresh_token
}

export function parse<T>(schema: z.ZodType<T>, body: Record<string, unknown>): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const fields = new Set(parsed.error.issues.map((issue) => String(issue.path[0])))
  throw new SignInError('validation_failed', `Invalid value of ${[...fields].join(', ')}`)
}

export function parseNewEmail(given: string): string {
  const email = given.trim().toLowerCase()
  if (!Email.safeParse(email).success) {
    throw new SignInError('validation_failed', 'Unable to validate email address: invalid format')
  }
  if (isReservedEmail(email)) {
    throw new SignInError(
      'email_address_invalid',
      'This email address is reserved for the owner of the server',
    )
  }
  return email
}

function onlyOne(act: 'signup' | 'login'): SignInError {
  return new SignInError(
    'validation_failed',
    `Only an email address or phone number should be provided on ${act}.`,
  )
}

/** PostgreSQL takes neither NUL nor half a surrogate pair, and deep nesting exhausts a stack somewhere. */
function refuseUnstorable(value: unknown, depth = 0): void {
  if (depth > DEEPEST) throw new SignInError('validation_failed', 'The request body is nested too deeply')
  if (typeof value === 'string') refuseText(value)
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__')
      throw new SignInError('validation_failed', 'The request body has a forbidden key')
    refuseText(key)
    refuseUnstorable(inner, depth + 1)
  }
}

function refuseText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new SignInError('validation_failed', 'The request body has text that cannot be stored')
  }
}
