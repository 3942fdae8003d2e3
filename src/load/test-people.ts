import type { Client } from '../client/client.ts'
import { MOST_TEST_PEOPLE } from '../contract/admin/loadtest.ts'
import { sizeOf } from './arrivals.ts'
import type { LoadScript, Phase, Step } from './script/schema.ts'

/** Turns that one person is meant to take in a minute, so that their own limit is not what a test measures. */
const TURNS_A_MINUTE = 20

/** How many people a test needs so that the limits each of them has leave it alone, as far as people can be had. */
export function peopleFor({ scenarios }: LoadScript, phases: readonly Phase[]): number {
  const each = Math.max(...scenarios.map(({ flow }) => turnsIn(flow)))
  const { peakPerSecond, arrivals } = sizeOf(phases)
  const busiest = Math.min(arrivals, peakPerSecond * 60) * each
  return Math.min(MOST_TEST_PEOPLE, Math.max(1, Math.ceil(busiest / TURNS_A_MINUTE)))
}

function turnsIn(flow: readonly Step[]): number {
  return flow.reduce((sum, step) => {
    if ('loop' in step) return sum + turnsIn(step.loop) * (step.count ?? 1)
    if ('parallel' in step) return sum + turnsIn(step.parallel)
    return 'think' in step || 'log' in step ? sum : sum + 1
  }, 0)
}

/** Removes the people of a test, a few at a time; resolves to how many there were. */
export async function removePeople({ admin }: Pick<Client, 'admin'>, run: string): Promise<number> {
  let removed = 0
  for (;;) {
    const gone = await admin.endLoadTest(run)
    removed += gone.removed
    if (gone.left === 0 || gone.removed === 0) return removed
  }
}
