import { z } from 'zod'
import { SignInError } from '../failure.ts'
import { isVerificationType, type Proof, type VerificationType } from '../verification.ts'
import { invalid, isBlank, parse, parseEmail, Text } from './body.ts'

const VerifyBody = z.object({
  type: Text.nullish(),
  token: Text.nullish(),
  token_hash: Text.nullish(),
  email: Text.nullish(),
  phone: Text.nullish(),
})

/** @throws SignInError by what is missing, wrong or not offered */
export function parseVerify(body: Record<string, unknown>): { type: VerificationType; proof: Proof } {
  const { type, token, token_hash, email, phone } = parse(VerifyBody, body)
  if (!type) throw invalid('Verify requires a verification type')
  if (isBlank(token) === isBlank(token_hash)) throw invalid('Verify requires either a token or a token hash')
  if (token_hash && !(isBlank(email) && isBlank(phone))) {
    throw invalid('Only the token_hash and type should be provided')
  }
  // Nobody has a phone number here, so no code was ever sent to one.
  if (!token_hash && !isBlank(phone) && isBlank(email)) {
    throw new SignInError('otp_expired', 'Token has expired or is invalid')
  }
  if (!token_hash && (isBlank(email) || !isBlank(phone))) {
    throw invalid('Only an email address or phone number should be provided on verify')
  }
  if (!isVerificationType(type)) throw invalid('Invalid email verification type')
  if (token_hash) return { type, proof: { link: token_hash } }
  return { type, proof: { email: parseEmail(email), code: (token ?? '').replaceAll('-', '').trim() } }
}
