import { z } from 'zod'
import { TokenInUse } from './tokens.ts'

/** What a person is to Helix. */
export const Profile = z
  .object({
    userId: z.uuid(),
    displayName: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    trustLevel: z.number().min(0).max(1),
    creator: z.boolean().describe('Whether this is the one Helix belongs to.'),
    onboarding: z.object({ completed: z.boolean(), step: z.string().nullable() }),
    conversationCount: z.int(),
    messagesToday: z.int().describe('On this UTC day.'),
    token: TokenInUse.nullable().describe('The personal access token you ask with; null in a session.'),
  })
  .meta({ id: 'Profile', description: 'What a person is to Helix.' })
export type Profile = z.infer<typeof Profile>
