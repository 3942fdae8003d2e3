import { z } from 'zod'

const hash = z.string().describe('SHA-256, 64 hexadecimal digits.')

export const AuditVerification = z
  .object({
    log: z.string(),
    startedAt: z.iso.datetime(),
    durationMs: z.int(),
    entries: z.int().describe('Looked at, logs it continues included.'),
    complete: z.boolean().describe('Whether everything was looked at before time was up.'),
    signedSize: z.int().nullable().describe('How far signatures vouch for it.'),
    findings: z
      .array(z.object({ kind: z.string(), seq: z.int(), message: z.string() }))
      .describe('Empty: sound.'),
  })
  .meta({ id: 'AuditVerification', description: 'What looking at every entry came to.' })
export type AuditVerification = z.infer<typeof AuditVerification>

export const AuditHead = z
  .object({
    log: z.string(),
    size: z.int().describe('Entries, which is the seq of the last.'),
    hash,
    checkpoint: z
      .object({
        size: z.int(),
        root: z.string(),
        note: z.string().describe('As C2SP tlog-checkpoint has it.'),
      })
      .nullable()
      .describe('The newest signed statement about the log.'),
    openIntents: z
      .array(z.object({ seq: z.int(), at: z.iso.datetime(), channel: z.string(), kind: z.string() }))
      .describe('Announced and not closed for a minute; the oldest hundred.'),
    verification: AuditVerification.nullable().describe('The last one this gateway made.'),
  })
  .meta({ id: 'AuditHead', description: 'Where the audit log stands.' })
export type AuditHead = z.infer<typeof AuditHead>

export const AuditEntriesQuery = z.strictObject({
  from: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(1).describe('The first seq.'),
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('How many at most.'),
})
export type AuditEntriesQuery = z.infer<typeof AuditEntriesQuery>
