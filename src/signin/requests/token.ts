import { z } from 'zod'
import type { Credentials } from '../deps.ts'
import { SignInError } from '../failure.ts'
import type { AuthCode } from '../sign-in.ts'
import { invalid, isBlank, parse, Text } from './body.ts'

const PasswordBody = z.object({ email: Text.nullish(), phone: Text.nullish(), password: Text.nullish() })
const RefreshBody = z.object({ refresh_token: Text.nullish() })
const CodeBody = z.object({ auth_code: Text.nullish(), code_verifier: Text.nullish() })

/** The password grant. @throws SignInError by what is missing, wrong or not offered */
export function parsePasswordGrant(body: Record<string, unknown>): Credentials {
  const { email, phone, password } = parse(PasswordBody, body)
  if (!isBlank(email) && !isBlank(phone)) {
    throw invalid('Only an email address or phone number should be provided on login.')
  }
  if (!isBlank(phone)) {
    throw new SignInError('phone_provider_disabled', 'Phone logins are disabled', { status: 422 })
  }
  if (!email || isBlank(email)) throw invalid('missing email or phone')
  return { email: email.trim().toLowerCase(), password: password ?? '' }
}

/** The refresh grant. @throws SignInError `validation_failed` */
export function parseRefreshGrant(body: Record<string, unknown>): string {
  const { refresh_token } = parse(RefreshBody, body)
  if (!refresh_token) throw invalid('refresh_token required')
  return refresh_token
}

/** The PKCE grant. @throws SignInError `validation_failed` */
export function parseCodeGrant(body: Record<string, unknown>): AuthCode {
  const { auth_code, code_verifier } = parse(CodeBody, body)
  if (!auth_code || !code_verifier) {
    throw invalid('invalid request: both auth code and code verifier should be non-empty')
  }
  return { code: auth_code, verifier: code_verifier }
}
