import { z } from 'zod'
import { SignInError } from '../failure.ts'
import { parse } from '../requests/body.ts'

/** As much as a QR code takes beside the rest, and an authenticator shows. */
const LONGEST_NAME_BYTES = 64
const shortName = (called: string) =>
  z
    .string()
    .trim()
    .refine((name) => Buffer.byteLength(name) <= LONGEST_NAME_BYTES, {
      error: `${called} cannot be longer than ${LONGEST_NAME_BYTES} bytes`,
    })
    .nullish()
const Enrolment = z.object({
  factor_type: z.string().max(40).nullish(),
  friendly_name: shortName('friendly_name'),
  issuer: shortName('issuer'),
})
const Verification = z.object({
  challenge_id: z.string().max(100).nullish(),
  code: z.string().max(100).nullish(),
})

/** What a person wants to enrol; `issuer` names the installation in their authenticator. */
export interface NewFactor {
  friendlyName: string
  issuer: string | undefined
}

/** @throws SignInError `validation_failed`, `mfa_phone_enroll_not_enabled`, `mfa_webauthn_enroll_not_enabled` */
export function parseEnrolment(body: Record<string, unknown>): NewFactor {
  const { factor_type: type, friendly_name: name, issuer } = parse(Enrolment, body)
  if (type === 'phone')
    throw new SignInError('mfa_phone_enroll_not_enabled', 'MFA enroll is disabled for Phone')
  if (type === 'webauthn') {
    throw new SignInError('mfa_webauthn_enroll_not_enabled', 'MFA enroll is disabled for WebAuthn')
  }
  if (type !== 'totp') {
    throw new SignInError('validation_failed', 'factor_type needs to be totp, phone, or webauthn')
  }
  // A colon would end the issuer's name in the address that authenticators read.
  return { friendlyName: name ?? '', issuer: issuer?.replaceAll(':', ' ').trim() || undefined }
}

/** @throws SignInError `validation_failed` */
export function parseVerification(body: Record<string, unknown>): { challengeId: string; code: string } {
  const { challenge_id: id, code } = parse(Verification, body)
  if (!code) throw new SignInError('validation_failed', 'Code needs to be non-empty')
  const challengeId = z.guid().safeParse(id)
  if (!challengeId.success) throw new SignInError('validation_failed', 'challenge_id must be an UUID')
  return { challengeId: challengeId.data, code }
}
