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

const line = (most: number) =>
  z
    .string()
    .transform((text) => text.toWellFormed().trim())
    .refine((text) => text.length > 0 && [...text].length <= most, `expected 1 to ${most} characters`)
    .refine((text) => !/\p{Cc}/u.test(text), 'expected one line without control characters')

/** The longest address of a picture, as the column takes it. */
const AVATAR_LIMIT = 2000

const avatarUrl = z
  .string()
  .max(AVATAR_LIMIT, `expected at most ${AVATAR_LIMIT} characters`)
  .transform((text, context) => {
    const url = URL.parse(text)
    if (url?.protocol === 'https:' && !url.username && !url.password && url.href.length <= AVATAR_LIMIT)
      return url.href
    context.addIssue('expected an https address without a user name or password')
    return z.NEVER
  })

export const ChangeProfileRequest = z
  .strictObject({
    displayName: line(100).nullable().optional().describe('How Helix calls you; null for none.'),
    avatarUrl: avatarUrl
      .nullable()
      .optional()
      .describe('An https address, which is never fetched by Helix; null for none.'),
    onboarding: z
      .strictObject({
        completed: z.boolean().optional(),
        step: line(100).nullable().optional().describe('Where a client goes on with its introduction.'),
      })
      .refine(saysSomething, 'expected something to change')
      .optional(),
  })
  .refine(saysSomething, 'expected something to change')
  .meta({ id: 'ChangeProfileRequest' })
export type ChangeProfileRequest = z.infer<typeof ChangeProfileRequest>

function saysSomething(given: Record<string, unknown>): boolean {
  return Object.values(given).some((value) => value !== undefined)
}
