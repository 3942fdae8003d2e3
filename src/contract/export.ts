import { z } from 'zod'
import { Message, Usage } from './chat.ts'
import { Feedback } from './feedback.ts'
import { Profile } from './profile.ts'
import { AccessToken } from './tokens.ts'

/** Version of the document; it grows only by additions. */
export const EXPORT_VERSION = 1

const at = z.iso.datetime()

const Account = z
  .object({
    email: z.string().nullable(),
    phone: z.string().nullable(),
    anonymous: z.boolean(),
    createdAt: at.nullable(),
    emailConfirmedAt: at.nullable(),
    lastSignInAt: at.nullable(),
    metadata: z.record(z.string(), z.unknown()),
    identities: z.array(
      z.object({
        provider: z.string(),
        email: z.string().nullable(),
        createdAt: at.nullable(),
        lastSignInAt: at.nullable(),
      }),
    ),
    sessions: z.array(
      z.object({
        id: z.uuid(),
        createdAt: at.nullable(),
        updatedAt: at.nullable(),
        userAgent: z.string().nullable(),
        address: z.string().nullable(),
      }),
    ),
    factors: z.array(
      z.object({ type: z.string(), name: z.string().nullable(), status: z.string(), createdAt: at }),
    ),
  })
  .nullable()
  .describe('What sign-in knows of you, without secrets; null where it is not Helix’s to read.')

const Conversation = z.object({
  sessionKey: z.string(),
  title: z.string().nullable(),
  deleted: z.boolean().describe('Whether you deleted it; it goes for good with the account.'),
  activeMessageId: z.uuid().nullable(),
  createdAt: at,
  updatedAt: at,
  lastMessageAt: at.nullable(),
  memoryBlock: z.string().nullable().describe('What Claude is told of you in it.'),
  summaries: z.array(
    z.object({ uptoMessageId: z.uuid(), content: z.string(), model: z.string(), createdAt: at }),
  ),
  messages: z
    .array(Message.omit({ sessionKey: true, siblings: true }).extend({ metadata: z.unknown() }))
    .describe('Of all branches, in the order of writing; `parentId` says what each follows.'),
})

export const ExportDocument = z
  .object({
    schemaVersion: z.literal(EXPORT_VERSION),
    exportedAt: at.describe('What was written later is not in it.'),
    userId: z.uuid(),
    account: Account,
    profile: Profile.omit({ token: true }),
    accessTokens: z.array(AccessToken.extend({ revokedAt: at.nullable() })),
    spending: z.array(z.object({ date: z.iso.date(), spentNanoUsd: z.int() })),
    usage: z
      .array(
        Usage.omit({ overheadMs: true }).extend({
          at,
          generationId: z.uuid(),
          purpose: z.string(),
          model: z.string(),
        }),
      )
      .describe('Every call of Claude in your name.'),
    feedback: z.array(Feedback).describe('What you thought of replies.'),
    audit: z.object({
      pseudonym: z.string().describe('Who you are in the audit log.'),
      entries: z.array(z.object({ log: z.string(), seq: z.int(), at, kind: z.string() })),
    }),
    conversations: z.array(Conversation),
    complete: z.literal(true).describe('The last member: without it the document was cut off.'),
  })
  .meta({ id: 'ExportDocument', description: 'Everything Helix holds about a person.' })
