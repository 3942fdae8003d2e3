import { z } from 'zod'
import { Feedback } from '../feedback.ts'
import { UsageKind } from '../usage.ts'

export const PageQuery = z.strictObject({
  before: z.uuid().optional().describe('The cursor of the page before, exactly as it came.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many at most.'),
})
export type PageQuery = z.infer<typeof PageQuery>

const before = z.uuid().nullable().describe('Leads to the next older page; null at the end.')

export const AdminFeedbackPage = z
  .object({
    feedback: z.array(
      Feedback.extend({
        userId: z.uuid(),
        model: z.string().nullable().describe('That wrote the reply.'),
      }),
    ),
    totals: z.object({ up: z.int(), down: z.int() }).describe('Of all there is.'),
    before,
  })
  .meta({
    id: 'AdminFeedbackPage',
    description: 'What people think of replies, newest first; not the replies.',
  })
export type AdminFeedbackPage = z.infer<typeof AdminFeedbackPage>

export const ClientError = z
  .object({
    id: z.uuid(),
    message: z.string(),
    stack: z.string().nullable().describe('Of the latest report.'),
    page: z.string().nullable(),
    release: z.string().nullable(),
    userAgent: z.string().nullable(),
    count: z.int().describe('Reports so far.'),
    firstSeenAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
  })
  .meta({ id: 'ClientError', description: 'Reports of the same failure in clients.' })
export type ClientError = z.infer<typeof ClientError>

export const ClientErrorPage = z
  .object({ errors: z.array(ClientError), before })
  .meta({ id: 'ClientErrorPage', description: 'Failures of clients, lately seen first.' })
export type ClientErrorPage = z.infer<typeof ClientErrorPage>

const sums = {
  calls: z.int(),
  inputTokens: z.int(),
  cacheCreationInputTokens: z.int(),
  cacheReadInputTokens: z.int(),
  outputTokens: z.int(),
  costNanoUsd: z.int().describe('Of the calls whose price is known.'),
  unpricedCalls: z.int(),
}
const byKind = { kind: UsageKind, ...sums }

export const AdminUsage = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    totals: z.array(z.object(byKind)),
    days: z.array(z.object({ date: z.iso.date(), ...byKind })).describe('In order; empty days are left out.'),
    models: z.array(z.object({ model: z.string(), ...byKind })).describe('Dearest first.'),
    users: z
      .array(z.object({ userId: z.uuid().nullable(), email: z.string().nullable(), ...byKind }))
      .describe('The hundred dearest; null for accounts that are gone.'),
  })
  .meta({ id: 'AdminUsage', description: 'What everyone used over a period.' })
export type AdminUsage = z.infer<typeof AdminUsage>

export const AdminSettings = z
  .object({
    settings: z.array(
      z.object({
        key: z.string().describe('As `helix.config.ts` nests it: `limits.reads`.'),
        value: z.unknown().describe('null while unset. Of a secret only that it is set.'),
        source: z.string().describe('Where it comes from.'),
      }),
    ),
  })
  .meta({ id: 'AdminSettings', description: 'The configuration the answering gateway runs with.' })
export type AdminSettings = z.infer<typeof AdminSettings>
