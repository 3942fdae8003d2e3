import type { Health } from '../contract/health.ts'
import type { HealthProblem } from './host-health.ts'

/** A certificate this close to its end should have been renewed by now. */
const LEAST_DAYS = 14

interface Seen {
  health: Health | undefined
  responseMs: number | null
  /** Why there was no answer. */
  failure: string | undefined
  certificateDays: number | null
}

/** What a part that is not well means, as far as it is known here. */
const MEANINGS: Readonly<Record<string, string>> = {
  database: 'the database does not answer',
  claude: 'replies fail, and none was whole since',
  discord: 'Discord does not follow the audit log',
  storage: 'a disk is full, so nothing new is taken',
  heartbeat: 'the log has had no heartbeat for minutes',
}

/** What is wrong with a gateway; nothing in planned maintenance, but its certificate. */
export function problemsOf(
  { health, responseMs, failure, certificateDays }: Seen,
  { slowMs }: { slowMs: number },
): HealthProblem[] {
  const problems: HealthProblem[] = []
  if (!health)
    problems.push({ part: 'gateway', state: 'unreachable', message: failure ?? 'it does not answer' })
  else if (health.status === 'draining')
    problems.push({ part: 'gateway', state: 'draining', message: 'it is about to end' })
  if (health && health.status !== 'maintenance') problems.push(...partsOf(health))
  if (responseMs !== null && responseMs > slowMs) {
    const message = `/health took ${responseMs} ms; ${slowMs} ms is long`
    problems.push({ part: 'response', state: 'slow', message })
  }
  if (certificateDays !== null && certificateDays < LEAST_DAYS) {
    const message = `the certificate ends in ${certificateDays} days`
    problems.push({ part: 'certificate', state: 'expiring', message })
  }
  return problems
}

function partsOf({ status, checks }: Health): HealthProblem[] {
  const parts = Object.entries(checks)
    .filter(([, state]) => state === 'degraded' || state === 'down')
    .map(([part, state]) => ({ part, state, message: MEANINGS[part] ?? `${part} is ${state}` }))
  const untold = parts.length === 0 && (status === 'degraded' || status === 'down')
  return untold ? [{ part: 'gateway', state: status, message: `it says that it is ${status}` }] : parts
}
