import { z } from 'zod'
import { SignInUser } from './signin-user.ts'

export const FactorEnrolment = z
  .object({
    factor_type: z.literal('totp').describe('Phones and passkeys are not offered.'),
    friendly_name: z.string().max(64).optional().describe('One name is one factor; 64 bytes at most.'),
    issuer: z.string().max(64).optional().describe('What the authenticator calls this Helix.'),
  })
  .meta({ id: 'FactorEnrolment' })

export const FactorEnrolled = z
  .object({
    id: z.uuid(),
    type: z.literal('totp'),
    friendly_name: z.string(),
    totp: z.object({
      qr_code: z.string().describe('SVG.'),
      secret: z.string().describe('Base32; shown this once.'),
      uri: z.string().describe('The secret as an `otpauth:` address.'),
    }),
  })
  .meta({ id: 'FactorEnrolled' })

export const FactorChallenge = z
  .object({ id: z.uuid(), type: z.literal('totp'), expires_at: z.int().describe('Unix time, in seconds.') })
  .meta({ id: 'FactorChallenge' })

export const FactorVerification = z
  .object({ challenge_id: z.uuid(), code: z.string().describe('Six digits.') })
  .meta({ id: 'FactorVerification' })

export const FactorSession = z
  .object({
    access_token: z.string(),
    token_type: z.string(),
    expires_in: z.int().describe('Seconds.'),
    expires_at: z.int().describe('Unix time, in seconds.'),
    refresh_token: z.string(),
    user: SignInUser,
  })
  .meta({ id: 'FactorSession', description: 'A session proved by two factors.' })

export const FactorRemoved = z.object({ id: z.uuid() }).meta({ id: 'FactorRemoved' })
