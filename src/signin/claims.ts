import { z } from 'zod'

/** What a verified access token says of its bearer, as GoTrue words it. */
export const Claims = z.looseObject({
  sub: z.uuid(),
  role: z.literal('authenticated'),
  exp: z.number(),
  email: z.string().optional(),
  session_id: z.uuid().optional(),
})
export type Claims = z.infer<typeof Claims>

/** How a session was begun; one entry of the `amr` claim. `timestamp` is in seconds. */
export interface AuthenticationMethod {
  method: 'password' | 'otp' | 'magiclink' | 'email/signup'
  timestamp: number
}
