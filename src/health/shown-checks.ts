import type { CheckState, Health } from '../contract/health.ts'
import type { Colour } from '../ui/colour.ts'
import { safeText } from '../ui/safe-text.ts'

const PAINTS: Record<CheckState, 'green' | 'yellow' | 'red' | 'dim'> = {
  ok: 'green',
  degraded: 'yellow',
  down: 'red',
  off: 'dim',
}

/** The parts of a gateway, each with its state as a person sees it; a state that is not known is pale. */
export function shownChecks(checks: Health['checks'], colour: Colour): string[] {
  return Object.entries(checks).map(
    ([name, state]) => `${safeText(name)} ${colour[PAINTS[state] ?? 'dim'](safeText(state))}`,
  )
}
