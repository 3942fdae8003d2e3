import { ask, notServing } from './ask.ts'
import type { Place } from './place.ts'

/**
 * Makes sure that what runs as the release is that release, and has its database.
 * @throws HelixError `deploy_failed`
 */
export async function probe(place: Place, release: string): Promise<void> {
  const answer = await ask(place, release, '/health')
  const health = answer.status === 200 ? JSON.parse(answer.body) : undefined
  if (health === undefined) throw await notServing(place, release, 'is not healthy', answer)
  if (health.release !== release)
    throw await notServing(place, release, `says it is ${String(health.release)}`, answer)
  if (health.checks?.database !== 'ok')
    throw await notServing(place, release, 'does not reach its database', answer)
}
