import { z } from 'zod'
import { writtenLine, writtenText } from './text.ts'

const Status = z
  .enum(['investigating', 'identified', 'monitoring', 'resolved'])
  .meta({ id: 'IncidentStatus', description: 'How far an incident is understood and mended.' })

const Severity = z
  .enum(['minor', 'major', 'critical'])
  .meta({ id: 'IncidentSeverity', description: 'How much an incident takes away.' })

export const Incident = z
  .object({
    id: z.uuid(),
    title: z.string(),
    severity: Severity,
    status: Status,
    startedAt: z.iso.datetime(),
    resolvedAt: z.iso.datetime().nullable(),
    updates: z
      .array(z.object({ at: z.iso.datetime(), status: Status, message: z.string() }))
      .describe('What was said of it, latest first.'),
  })
  .meta({ id: 'Incident', description: 'Something that went wrong, as everyone may know it.' })
export type Incident = z.infer<typeof Incident>

const title = writtenLine(200).describe('What users see is wrong, in one line.')
const message = writtenText(4000).describe('Plain text, shown to everyone.')

export const OpenIncidentRequest = z
  .strictObject({
    title,
    severity: Severity,
    message,
    status: Status.exclude(['resolved']).default('investigating'),
  })
  .meta({ id: 'OpenIncidentRequest' })
export type OpenIncidentRequest = z.infer<typeof OpenIncidentRequest>

export const ChangeIncidentRequest = z
  .strictObject({ title: title.optional(), severity: Severity.optional() })
  .refine(
    (change) => change.title !== undefined || change.severity !== undefined,
    'expected something to change',
  )
  .meta({ id: 'ChangeIncidentRequest' })
export type ChangeIncidentRequest = z.infer<typeof ChangeIncidentRequest>

export const IncidentUpdateRequest = z
  .strictObject({
    status: Status.describe('`resolved` ends the incident; another status opens it again.'),
    message,
    consent: z
      .boolean()
      .optional()
      .describe('`true` resolves it without a look at the database, or all the same after one.'),
  })
  .meta({ id: 'IncidentUpdateRequest' })
export type IncidentUpdateRequest = z.infer<typeof IncidentUpdateRequest>

export const IncidentsQuery = z.strictObject({
  before: z.uuid().optional().describe('The cursor of the page before, exactly as it came.'),
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('How many at most.'),
})
export type IncidentsQuery = z.infer<typeof IncidentsQuery>

export const IncidentPage = z
  .object({
    incidents: z.array(Incident),
    before: z.uuid().nullable().describe('Leads to the next older page; null at the end.'),
  })
  .meta({ id: 'IncidentPage', description: 'Incidents, newest first.' })
export type IncidentPage = z.infer<typeof IncidentPage>
