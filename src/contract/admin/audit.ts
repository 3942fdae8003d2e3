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
    logs: z.array(z.string()).describe('The logs it continues, oldest first, and itself.'),
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

const log = z.string().min(1).max(100)

export const AuditEntriesQuery = z.strictObject({
  log: log.optional().describe('One of `logs` of the head; the present one unless told.'),
  from: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(1).describe('The first seq.'),
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('How many at most.'),
})
export type AuditEntriesQuery = z.infer<typeof AuditEntriesQuery>

export const AuditProofQuery = z
  .strictObject({
    log: log.optional().describe('A log that somebody saw, one of `logs` of the head.'),
    size: z.coerce
      .number()
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('How many entries it had then.'),
  })
  .refine(({ log, size }) => (log === undefined) === (size === undefined), 'expected both or none')
export type AuditProofQuery = z.infer<typeof AuditProofQuery>

export const AuditProof = z
  .looseObject({
    schema: z.literal(1),
    checkpoint: z.string().describe('The newest: a signed note.'),
    growth: z.unknown().describe('How the log grew since what was named; null where nothing was.'),
  })
  .meta({ id: 'AuditProof', description: 'A proof, as `helix audit prove --json` prints it.' })
