import { z } from 'zod'

export const AdminPerson = z
  .object({
    userId: z.uuid(),
    email: z.string().nullable().describe('null where sign-in knows none, or may not be looked at.'),
    displayName: z.string().nullable(),
    anonymous: z.boolean(),
    confirmed: z.boolean().describe('Whether the address was confirmed.'),
    invitedAt: z.iso.datetime().nullable(),
    creator: z.boolean(),
    suspended: z.boolean().describe('Whether every route is closed to them.'),
    trustLevel: z.number().min(0).max(1),
    quota: z
      .int()
      .nullable()
      .describe('What replies to them may cost a UTC day, in nano-USD; null for the usual budget.'),
    spentTodayNanoUsd: z.int(),
    conversationCount: z.int(),
    messagesToday: z.int(),
    createdAt: z.iso.datetime().nullable(),
    lastSignInAt: z.iso.datetime().nullable(),
    lastMessageAt: z.iso.datetime().nullable(),
  })
  .meta({
    id: 'AdminPerson',
    description: 'A person, as the administration sees them: no word of what they wrote.',
  })
export type AdminPerson = z.infer<typeof AdminPerson>

export const AdminPeopleQuery = z.strictObject({
  search: z
    .string()
    .max(200, 'expected at most 200 characters')
    .refine((text) => !text.includes('\0'), 'expected text without the character U+0000')
    .transform((text) => text.toWellFormed().trim())
    .optional()
    .describe('A part of the address or the name, or a user id.'),
  before: z.uuid().optional().describe('The cursor of the page before, exactly as it came.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many at most.'),
})
export type AdminPeopleQuery = z.infer<typeof AdminPeopleQuery>

export const AdminPeoplePage = z
  .object({
    users: z.array(AdminPerson),
    total: z.int().describe('How many the search finds in all.'),
    before: z.uuid().nullable().describe('Leads to the next older page; null at the end.'),
  })
  .meta({ id: 'AdminPeoplePage', description: 'People, newest first.' })
export type AdminPeoplePage = z.infer<typeof AdminPeoplePage>

export const ChangePersonRequest = z
  .strictObject({
    suspended: z
      .boolean()
      .optional()
      .describe(
        'Takes their requests and open streams within five seconds, and their sign-in; lifted, gives them back.',
      ),
    trustLevel: z.number().min(0).max(1).optional(),
    quota: z
      .int()
      .min(0)
      .max(1_000_000 * 1e9)
      .nullable()
      .optional()
      .describe('What replies to them may cost a UTC day, in nano-USD; null for the usual budget.'),
  })
  .refine((change) => Object.values(change).some((one) => one !== undefined), 'expected something to change')
  .meta({ id: 'ChangePersonRequest' })
export type ChangePersonRequest = z.infer<typeof ChangePersonRequest>

export const InviteRequest = z.strictObject({ email: z.email().max(255) }).meta({ id: 'InviteRequest' })

export const Invitation = z
  .object({ userId: z.uuid(), email: z.string(), invitedAt: z.iso.datetime() })
  .meta({ id: 'Invitation', description: 'Somebody who was sent a mail with a link to sign in.' })
export type Invitation = z.infer<typeof Invitation>
