import { z } from 'zod'
import { Health } from './health.ts'
import { Incident } from './incidents.ts'
import { MaintenanceNotice } from './maintenance.ts'

/** Days the public status looks back, today included. */
export const STATUS_DAYS = 90

export const ComponentName = z.enum(['gateway', 'database', 'claude', 'discord'])
export type ComponentName = z.infer<typeof ComponentName>

export const ComponentStatus = z
  .enum(['operational', 'degraded', 'down', 'unknown', 'off'])
  .describe('`unknown` where it cannot be told now; `off` where it is not set up.')
export type ComponentStatus = z.infer<typeof ComponentStatus>

export const ComponentHistory = z
  .object({
    name: ComponentName,
    status: ComponentStatus,
    days: z
      .array(
        z.object({
          date: z.iso.date(),
          uptime: z
            .number()
            .min(0)
            .max(1)
            .nullable()
            .describe('The part of its minutes that were good; null where nobody looked yet.'),
        }),
      )
      .describe(`${STATUS_DAYS} days (UTC), oldest first, the last one today.`),
  })
  .meta({ id: 'ComponentHistory' })
export type ComponentHistory = z.infer<typeof ComponentHistory>

export const PublicStatus = z
  .object({
    status: Health.shape.status,
    release: z.string(),
    simulated: z.boolean().describe('Whether Claude is simulated: replies are made up.'),
    updatedAt: z.iso.datetime().describe('When this picture was made; it is kept for a few seconds.'),
    maintenance: MaintenanceNotice.nullable(),
    components: z.array(ComponentHistory),
    incidents: z
      .array(Incident)
      .describe(`Open ones, and those of the last ${STATUS_DAYS} days, newest first.`),
  })
  .meta({ id: 'PublicStatus', description: 'How Helix is and was, for everyone.' })
export type PublicStatus = z.infer<typeof PublicStatus>
