import { z } from 'zod'
import { MaintenanceInForce } from './maintenance.ts'

export const CheckState = z.enum(['ok', 'degraded', 'down', 'off']).meta({ id: 'CheckState' })
export type CheckState = z.infer<typeof CheckState>

const Mode = z.enum(['embedded', 'postgres', 'supabase']).describe('How this gateway keeps its data.')
const simulated = z.boolean().describe('Whether Claude is simulated: replies are made up.')

export const Health = z
  .object({
    status: z
      .enum(['ok', 'degraded', 'maintenance', 'draining', 'down'])
      .describe(
        '`degraded`: a reply failed within the last minute and none was whole since, Discord does not follow the audit log, there is no room on a disk, or the log has had no heartbeat for minutes; `down`: the database does not answer; `maintenance`: the operator holds requests back, whatever the parts say.',
      ),
    release: z.string(),
    mode: Mode,
    simulated,
    uptimeSeconds: z.number(),
    maintenance: MaintenanceInForce.nullable(),
    checks: z.record(z.string(), CheckState).describe('Each part by name.'),
  })
  .meta({ id: 'Health', description: 'How the gateway is.' })
export type Health = z.infer<typeof Health>

/** What a page needs to know before anyone signs in. */
export const PublicConfig = z
  .object({
    supabaseUrl: z.string().describe('Where to sign in: the `url` of `createClient`.'),
    anonKey: z.string().describe('The public key: the second argument of `createClient`.'),
    apiUrl: z.string().describe('Where the gateway is.'),
    mode: Mode,
    simulated,
  })
  .meta({ id: 'PublicConfig', description: 'What a page needs before anyone signs in.' })
export type PublicConfig = z.infer<typeof PublicConfig>

/** What `/health/live` and `/health/ready` say. */
export const Liveness = z.object({ status: z.enum(['ok', 'draining']) }).meta({ id: 'Liveness' })

/** What lets its holder ask this release, and no other, for a streamed reply that no model makes. */
export const StreamPass = z
  .object({ token: z.string(), expiresAt: z.iso.datetime() })
  .meta({ id: 'StreamPass', description: 'What `/health/probe/{token}` takes, for a minute.' })
export type StreamPass = z.infer<typeof StreamPass>

/** How a probe's stream begins. */
export const StreamProbeStart = z.object({
  release: z.string().describe('Who answers.'),
  pieces: z.number().int().describe('How many `delta` follow.'),
  paceMs: z.number().int().describe('How far apart they are sent.'),
})
export type StreamProbeStart = z.infer<typeof StreamProbeStart>
