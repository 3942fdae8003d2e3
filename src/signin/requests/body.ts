import { z } from 'zod'
import { SignInError } from '../failure.ts'
import { isReservedEmail } from '../reserved.ts'

const DEEPEST = 32

/** Text of any field, before it is known what it should be. */
export const Text = z.string().max(4096)
export const Metadata = z.record(z.string(), z.unknown())

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

/** The fields of a schema; others are ignored, as GoTrue does. @throws SignInError `validation_failed` */
export function parse<T>(schema: z.ZodType<T>, body: Record<string, unknown>): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const fields = new Set(parsed.error.issues.map((issue) => String(issue.path[0])))
  throw invalid(`Invalid value of ${[...fields].join(', ')}`)
}

/** An e-mail address as it is stored. @throws SignInError `validation_failed` */
export function parseEmail(given: string | null | undefined): string {
  const email = (given ?? '').trim().toLowerCase()
  if (email === '') throw invalid('An email address is required')
  if (!Email.safeParse(email).success) throw invalid('Unable to validate email address: invalid format')
  return email
}

/** An address somebody wants to have. @throws SignInError `validation_failed`, `email_address_invalid` */
export function parseNewEmail(given: string | null | undefined): string {
  const email = parseEmail(given)
  if (!isReservedEmail(email)) return email
  throw new SignInError('email_address_invalid', 'This email address is reserved for the owner of the server')
}

/** Nothing was given, or only white space. */
export const isBlank = (text: string | null | undefined): boolean => (text ?? '').trim() === ''

export function invalid(message: string): SignInError {
  return new SignInError('validation_failed', message)
}

/** PostgreSQL takes neither NUL nor half a surrogate pair, and deep nesting exhausts a stack somewhere. */
function refuseUnstorable(value: unknown, depth = 0): void {
  if (depth > DEEPEST) throw invalid('The request body is nested too deeply')
  if (typeof value === 'string') refuseText(value)
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__') throw invalid('The request body has a forbidden key')
    refuseText(key)
    refuseUnstorable(inner, depth + 1)
  }
}

function refuseText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw invalid('The request body has text that cannot be stored')
  }
}
