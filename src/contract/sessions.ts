import { z } from 'zod'

/** One place where a person is signed in, as they see it. */
export const SignedInSession = z
  .object({
    id: z.uuid().describe('What to end it by.'),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().describe('When it last took a new access token, which it does every hour.'),
    userAgent: z.string().nullable().describe('What the program called itself then.'),
    address: z.string().nullable().describe('The address it came from then; null on the machine itself.'),
    secondFactor: z.boolean().describe('Whether a second factor was proved in it.'),
    current: z.boolean().describe('Whether it is the one you ask with.'),
  })
  .meta({ id: 'SignedInSession', description: 'One place where you are signed in.' })
export type SignedInSession = z.infer<typeof SignedInSession>

export const SignedInSessions = z
  .object({ sessions: z.array(SignedInSession) })
  .meta({ id: 'SignedInSessions' })
export type SignedInSessions = z.infer<typeof SignedInSessions>
