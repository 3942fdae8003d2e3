import type { Catalog } from './en.ts'

type Plain = { [Name in keyof Catalog['failures']]: Catalog['failures'][Name] extends string ? Name : never }
type Name = Plain[keyof Plain]

/** By the code of a HelixError or of a refused sign-in. */
const NAMES: Readonly<Record<string, Name>> = {
  network: 'network',
  gateway_unreachable: 'network',
  rate_limited: 'often',
  over_request_rate_limit: 'often',
  over_email_send_rate_limit: 'often',
  unauthorized: 'signedOut',
  session_not_found: 'signedOut',
  no_authorization: 'signedOut',
  maintenance: 'maintenance',
  storage_full: 'full',
  weak_password: 'weak',
  same_password: 'samePassword',
  email_exists: 'taken',
  email_address_invalid: 'taken',
  reauthentication_not_valid: 'badCode',
  otp_expired: 'badCode',
}

/** The code of a failure; empty where it has none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : ''
}

/** What to say of a failure where a page has nothing better to say; of none, the same as of one nobody foresaw. */
export function failureText(error: unknown, failures: Catalog['failures']): string {
  const code = codeOf(error)
  const name = Object.hasOwn(NAMES, code) ? NAMES[code] : undefined
  if (name) return failures[name]
  const message = (error as { message?: unknown } | undefined)?.message
  if (code === 'request_invalid' && typeof message === 'string') return failures.refused(message)
  return failures.other(code === '' ? 'internal' : code)
}
