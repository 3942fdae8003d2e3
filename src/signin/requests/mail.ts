import { z } from 'zod'
import { SignInError } from '../failure.ts'
import type { CodeChallenge } from '../flow-state.ts'
import type { OtpRequest, ResendType } from '../mail-requests.ts'
import { checkedMetadata } from '../metadata.ts'
import { invalid, isBlank, Metadata, parse, parseEmail, Text } from './body.ts'
import { ChallengeFields, parseChallenge } from './challenge.ts'

const OtpBody = z.object({
  email: Text.nullish(),
  phone: Text.nullish(),
  channel: Text.nullish(),
  create_user: z.boolean().nullish(),
  data: Metadata.nullish(),
  ...ChallengeFields,
})
const RecoverBody = z.object({ email: Text.nullish(), ...ChallengeFields })
const ResendBody = z.object({
  type: Text.nullish(),
  email: Text.nullish(),
  phone: Text.nullish(),
  ...ChallengeFields,
})

type Awaited<T> = T & { challenge: CodeChallenge | null }

/** @throws SignInError by what is missing, wrong or not offered */
export function parseOtp(body: Record<string, unknown>): Awaited<{ request: OtpRequest }> {
  const { email, phone, channel, create_user, data, ...challenge } = parse(OtpBody, body)
  if (!isBlank(email) && !isBlank(phone)) {
    throw invalid('Only an email address or phone number should be provided')
  }
  if (!isBlank(phone)) throw new SignInError('phone_provider_disabled', 'Unsupported phone provider')
  if (isBlank(email)) throw invalid('One of email or phone must be set')
  if (!isBlank(channel)) throw invalid('Channel should only be specified with Phone OTP')
  const request = {
    email: parseEmail(email),
    data: checkedMetadata(data ?? {}),
    createUser: create_user ?? true,
  }
  return { request, challenge: parseChallenge(challenge) }
}

/** @throws SignInError `validation_failed` */
export function parseRecover(body: Record<string, unknown>): Awaited<{ email: string }> {
  const { email, ...challenge } = parse(RecoverBody, body)
  if (isBlank(email)) throw invalid('Password recovery requires an email')
  return { email: parseEmail(email), challenge: parseChallenge(challenge) }
}

/** @throws SignInError by what is missing, wrong or not offered */
export function parseResend(body: Record<string, unknown>): Awaited<{ type: ResendType; email: string }> {
  const { type, email, phone, ...challenge } = parse(ResendBody, body)
  if (type !== 'signup' && type !== 'email_change' && type !== 'sms' && type !== 'phone_change') {
    throw invalid('Missing one of these types: signup, email_change, sms, phone_change')
  }
  if (!isBlank(email) && !isBlank(phone)) {
    throw invalid('Only an email address or phone number should be provided.')
  }
  if (type === 'sms' || type === 'phone_change' || !isBlank(phone)) {
    throw new SignInError('phone_provider_disabled', 'Phone logins are disabled')
  }
  if (isBlank(email)) throw invalid('Type provided requires an email address')
  return { type, email: parseEmail(email), challenge: parseChallenge(challenge) }
}
