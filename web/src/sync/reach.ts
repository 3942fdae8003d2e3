import { computed } from '@preact/signals'
import type { Reach } from '../ui/reading-again.ts'
import type { Connection } from './connection.ts'
import { delayBefore } from './pause.ts'

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000

/** How a page comes back to what it could not read. */
export function reachOf({ state }: Pick<Connection, 'state'>): Reach {
  return {
    reachable: computed(() => state.value === 'online'),
    waitMs: (attempt) => delayBefore(attempt, FIRST_WAIT_MS, LONGEST_WAIT_MS),
  }
}
