import { z } from 'zod'

export const CheckState = z.enum(['ok', 'degraded', 'down', 'off'])
export type CheckState = z.infer<typeof CheckState>

export const Health = z.object({
  status: z.enum(['ok', 'degraded', 'maintenance', 'draining', 'down']),
  release: z.string(),
  mode: z.enum(['embedded', 'postgres', 'supabase']),
  simulated: z.boolean(),
  uptimeSeconds: z.number(),
  checks: z.record(z.string(), CheckState),
})
export type Health = z.infer<typeof Health>

/** What a page needs to know before anyone signs in. */
export const PublicConfig = z.object({
  supabaseUrl: z.string(),
  anonKey: z.string(),
  apiUrl: z.string(),
  mode: z.enum(['embedded', 'postgres', 'supabase']),
  simulated: z.boolean(),
})
export type PublicConfig = z.infer<typeof PublicConfig>
