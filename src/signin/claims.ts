import { z } from 'zod'

/** What a verified access token says of its bearer, as GoTrue words it. */
export const Claims = z.looseObject({
  sub: z.uuid(),
  role: z.literal('authenticated'),
  exp: z.number(),
  email: z.string().optional(),
  session_id: z.uuid().optional(),
  aal: z.string().optional(),
  is_anonymous: z.boolean().optional(),
})
export type Claims = z.infer<typeof Claims>

/** How well a session is proved: by one factor, or by a second one too. */
export type AssuranceLevel = 'aal1' | 'aal2'

/** How a session was begun; one entry of the `amr` claim. `timestamp` is in seconds. */
export interface AuthenticationMethod {
  method:
    | 'password'
    | 'otp'
    | 'totp'
    | 'anonymous'
    | 'magiclink'
    | 'email/signup'
    | 'recovery'
    | 'invite'
    | 'email_change'
    | 'reauthentication'
  timestamp: number
}
