import { z } from 'zod'
import { createClient } from '../client/client.ts'
import type { Health } from '../contract/health.ts'
import { HelixError } from '../errors.ts'

const word = z.string().regex(/^[a-zA-Z][\w-]{0,63}$/)

/** What any release of Helix answers: one that is newer than this may have words of its own. */
const HealthOfAnyRelease = z.object({
  status: word,
  release: z.string().max(200),
  simulated: z.boolean(),
  uptimeSeconds: z.number(),
  checks: z.record(word, word),
})

/**
 * Asks whoever answers at `host` how they are.
 * @throws HelixError `gateway_unreachable` where nobody does, or who does is no Helix; what a gateway refuses with
 */
export async function askHealth(host: string, fetch: typeof globalThis.fetch): Promise<Health> {
  const health = await createClient({ url: host, fetch }).health()
  if (HealthOfAnyRelease.safeParse(health).success) return health
  throw new HelixError('gateway_unreachable', `What answers at ${host} is no Helix`, {
    hint: 'Look at what listens there, and at the address.',
  })
}
