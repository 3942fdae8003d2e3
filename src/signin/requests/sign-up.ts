import { z } from 'zod'
import type { Credentials } from '../deps.ts'
import { SignInError } from '../failure.ts'
import type { CodeChallenge } from '../flow-state.ts'
import { checkedMetadata } from '../metadata.ts'
import type { NewPerson } from '../registration.ts'
import { invalid, isBlank, Metadata, parse, parseNewEmail, Text } from './body.ts'
import { ChallengeFields, parseChallenge } from './challenge.ts'

const SignUpBody = z.object({
  email: Text.nullish(),
  phone: Text.nullish(),
  password: Text.nullish(),
  data: Metadata.nullish(),
  ...ChallengeFields,
})

/** A sign-up by address and password, or of somebody who gives no address. */
export type SignUpRequest =
  | { kind: 'anonymous'; data: NewPerson['data'] }
  | { kind: 'email'; person: NewPerson & Credentials; challenge: CodeChallenge | null }

/** @throws SignInError by what is missing, wrong or not offered */
export function parseSignUp(body: Record<string, unknown>): SignUpRequest {
  const { email, phone, password, data, ...challenge } = parse(SignUpBody, body)
  if (isBlank(email) && !isBlank(phone)) {
    throw new SignInError('phone_provider_disabled', 'Phone signups are disabled')
  }
  const metadata = checkedMetadata(data ?? {})
  if (isBlank(email)) return { kind: 'anonymous', data: metadata }
  if (!isBlank(phone)) {
    throw invalid('Only an email address or phone number should be provided on signup.')
  }
  if (!password) throw invalid('Signup requires a valid password')
  const person = { email: parseNewEmail(email), password, data: metadata }
  return { kind: 'email', person, challenge: parseChallenge(challenge) }
}
