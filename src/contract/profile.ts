import { z } from 'zod'

/** What a person is to Helix. */
export const Profile = z.object({
  userId: z.uuid(),
  displayName: z.string().nullable(),
  avatarUrl: z.string().nullable(),
  trustLevel: z.number().min(0).max(1),
  creator: z.boolean(),
  onboarding: z.object({ completed: z.boolean(), step: z.string().nullable() }),
  conversationCount: z.int(),
  messagesToday: z.int(),
})
export type Profile = z.infer<typeof Profile>
