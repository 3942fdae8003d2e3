import { z } from 'zod'
import { SignInUser } from './signin-user.ts'

const Metadata = z.record(z.string(), z.unknown()).describe('At most 4096 characters as JSON.')
const Password = z.string().describe('8 characters to 72 bytes.')

/** What a program sends that waits for an `auth_code` (PKCE). */
const Challenge = {
  code_challenge: z.string().nullish().describe('43 to 128 characters (RFC 7636).'),
  code_challenge_method: z.enum(['s256', 'plain']).nullish(),
}

/** What a client receives when it signs in. */
export const SignInSession = z
  .object({
    access_token: z.string(),
    token_type: z.literal('bearer'),
    expires_in: z.int().describe('Seconds.'),
    expires_at: z.int().describe('Unix time, in seconds.'),
    refresh_token: z.string(),
    user: SignInUser,
    weak_password: z
      .object({ message: z.string(), reasons: z.array(z.string()) })
      .optional()
      .describe('With a password that would not be accepted today.'),
  })
  .meta({ id: 'SignInSession', description: 'A session, as GoTrue shows one.' })

export const SignUpBody = z
  .object({
    email: z.string().optional().describe('Left out for an anonymous account.'),
    password: Password.optional(),
    data: Metadata.optional(),
    ...Challenge,
  })
  .meta({ id: 'SignUpBody' })

export const TokenBody = z
  .object({
    email: z.string().optional(),
    password: z.string().optional(),
    refresh_token: z.string().optional(),
    auth_code: z.string().optional(),
    code_verifier: z.string().optional(),
  })
  .meta({ id: 'TokenBody', description: 'What goes with the kind of grant.' })

export const OtpBody = z
  .object({
    email: z.string(),
    create_user: z.boolean().optional().describe('Whether somebody unknown becomes known; true unless told.'),
    data: Metadata.optional(),
    ...Challenge,
  })
  .meta({ id: 'OtpBody' })

export const RecoverBody = z.object({ email: z.string(), ...Challenge }).meta({ id: 'RecoverBody' })

export const ResendBody = z
  .object({ type: z.enum(['signup', 'email_change']), email: z.string(), ...Challenge })
  .meta({ id: 'ResendBody' })

const VerificationType = z.enum(['signup', 'invite', 'magiclink', 'recovery', 'email_change', 'email'])

export const VerifyQuery = z.object({
  type: VerificationType,
  token: z.string(),
  redirect_to: z.string().optional().describe('An address of this gateway, of its page or of `web.origins`.'),
})

export const VerifyBody = z
  .object({
    type: VerificationType,
    email: z.string().optional().describe('With `token`.'),
    token: z.string().optional().describe('The code of six digits.'),
    token_hash: z.string().optional().describe('The `token` of a link, in place of both.'),
  })
  .meta({ id: 'VerifyBody' })

export const UserChangesBody = z
  .object({
    email: z.string().optional().describe('Counts once both addresses have agreed.'),
    password: Password.optional().describe('Ends all other sessions.'),
    nonce: z.string().optional().describe('The code that `/auth/v1/reauthenticate` mailed.'),
    data: Metadata.optional().describe('Laid over what there is; a key of null is taken away.'),
    ...Challenge,
  })
  .meta({ id: 'UserChangesBody' })

export const InviteBody = z
  .object({ email: z.string(), data: Metadata.optional() })
  .meta({ id: 'InviteBody' })

export const GenerateLinkBody = z
  .object({
    type: z.enum(['signup', 'magiclink', 'recovery', 'invite', 'email_change_current', 'email_change_new']),
    email: z.string(),
    password: Password.optional().describe('For `signup`.'),
    new_email: z.string().optional().describe('For the two kinds of `email_change`.'),
    data: Metadata.optional(),
    redirect_to: z.string().optional(),
  })
  .meta({ id: 'GenerateLinkBody' })

export const GeneratedLink = SignInUser.extend({
  action_link: z.string(),
  email_otp: z.string().describe('The code of six digits.'),
  hashed_token: z.string().describe('The `token` of the link.'),
  redirect_to: z.string(),
  verification_type: z.string(),
}).meta({ id: 'GeneratedLink', description: 'A person with the link made for them.' })

export const SignInSettings = z
  .object({
    external: z.record(z.string(), z.boolean()).describe('Ways to sign in, and whether each is offered.'),
    disable_signup: z.boolean(),
    mailer_autoconfirm: z.boolean().describe('Whether addresses confirm themselves.'),
    phone_autoconfirm: z.boolean(),
    sms_provider: z.string(),
    saml_enabled: z.boolean(),
  })
  .meta({ id: 'SignInSettings' })
