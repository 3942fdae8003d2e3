import type { PublicStatus } from '../../../src/contract/status.ts'
import type { Catalog } from '../text/en.ts'

/** What one sentence says of everything; also the colour it is said in. */
export type Overall = keyof Catalog['status']['overall']

/** Parts that Helix does not work without. */
const NEEDED: ReadonlySet<string> = new Set(['gateway', 'database', 'claude'])

/**
 * What holds of Helix as a whole: what its operator announced comes first, then what the gateway says of itself, then the
 * parts, then incidents that are still open.
 */
export function overallOf({ status, maintenance, components, incidents }: PublicStatus): Overall {
  if (maintenance || status === 'maintenance') return 'maintenance'
  if (status === 'down') return 'down'
  if (status === 'draining') return 'draining'
  const broken = components.filter((part) => part.status === 'down')
  if (broken.some(({ name }) => NEEDED.has(name))) return 'partial'
  const open = incidents.filter(({ resolvedAt }) => resolvedAt === null)
  if (open.some(({ severity }) => severity !== 'minor')) return 'incident'
  const worse = components.some((part) => part.status === 'degraded')
  if (status === 'degraded' || worse || broken.length > 0 || open.length > 0) return 'degraded'
  return 'operational'
}

/** The part of the time that was good over days; null where nobody looked on any of them. */
export function uptimeOf(days: readonly { uptime: number | null }[]): number | null {
  const seen = days.flatMap(({ uptime }) => (uptime === null ? [] : [uptime]))
  return seen.length === 0 ? null : seen.reduce((all, one) => all + one, 0) / seen.length
}

/** How a day is coloured: whole, nearly, partly, or not known. */
export function dayTone(uptime: number | null): 'whole' | 'nearly' | 'partly' | 'unseen' {
  if (uptime === null) return 'unseen'
  if (uptime >= 0.9999) return 'whole'
  return uptime >= 0.99 ? 'nearly' : 'partly'
}
