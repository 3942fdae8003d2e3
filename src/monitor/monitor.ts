import type { CheckState, Health } from '../contract/health.ts'
import { type AllSeen, watchAll } from './all-gateways.ts'
import { type HostSeen, type HostWatchDeps, watchHost } from './host-watch.ts'
import type { Numbers, Picture } from './picture.ts'
import { numbersOf } from './reading.ts'

/** Points of a course that are kept where each is one look. */
const MOST_POINTS = 40

export interface MonitorDeps extends Omit<HostWatchDeps, 'host'> {
  env: string
  hosts: readonly string[]
  /** The administration, as the creator may ask it. */
  admin: Parameters<typeof watchAll>[0]
}

/** Looks at all gateways; each call is one look. One that is away, or slow, keeps nothing from being shown. */
export function createMonitor({ env, hosts, admin, ...deps }: MonitorDeps): () => Promise<Picture> {
  const watches = hosts.map((host) => watchHost({ host, ...deps }))
  const all = watchAll(admin, deps.signal)
  let own = EMPTY

  return async function look(): Promise<Picture> {
    const [seen, together] = await Promise.all([Promise.all(watches.map((one) => one())), all()])
    const counted = sumOf(seen)
    if (counted) own = grown(own, counted)
    const known = typeof together === 'string' ? undefined : together
    const everywhere = seen.every(({ pair, picture }) => pair || picture.status === 'unreachable')
    return {
      at: new Date().toISOString(),
      env,
      hosts: seen.map((one) => ({ ...one.picture, numbers: hostNumbers(one, hosts, known) })),
      sum: {
        up: seen.filter(({ picture }) => picture.status !== 'unreachable' && picture.status !== 'down')
          .length,
        numbers: allNumbers(known, counted, everywhere),
        provedRestoreAt: known ? known.provedRestoreAt : provedIn(seen),
        checks: worstOf(seen.map(({ picture }) => picture.checks)),
      },
      courses: known?.courses ?? own,
      stepMinutes: known ? 1 : null,
      alerts: known?.alerts ?? null,
      notes: notesOf(together, counted),
    }
  }
}

/** What was just counted at every gateway is newer than the last whole minute; what was spent, the ledger knows best. */
function allNumbers(
  known: AllSeen | undefined,
  counted: Numbers | undefined,
  everywhere: boolean,
): Numbers | null {
  if (!known) return counted ?? null
  if (!counted || !everywhere || counted.requestsPerMinute === null)
    return { ...known.numbers, ...queueOf(counted) }
  return { ...counted, costPerHourUsd: known.numbers.costPerHourUsd }
}

const EMPTY: Picture['courses'] = {
  ...{ responseP95Ms: [], ttftP95Ms: [], requests: [] },
  ...{ errorRate: [], openStreams: [], costUsd: [] },
}

/** What only the gateways themselves know. */
function queueOf(counted: Numbers | undefined): Partial<Numbers> {
  if (!counted) return {}
  const { databaseQueue, outboxAgeSeconds } = counted
  return { databaseQueue, outboxAgeSeconds }
}

/** As any gateway knows it; undefined where none tells. */
function provedIn(seen: readonly HostSeen[]): string | null | undefined {
  const told = seen.flatMap(({ pair }) => pair ?? [])
  if (told.length === 0) return undefined
  const newest = Math.max(...told.map(({ last }) => last.provedAt ?? 0))
  return newest === 0 ? null : new Date(newest * 1_000).toISOString()
}

function sumOf(seen: readonly HostSeen[]): Numbers | undefined {
  const pairs = seen.flatMap(({ pair }) => pair ?? [])
  return pairs.length === 0 ? undefined : numbersOf(pairs)
}

/** Where there is one gateway, what all do together is what it does; that fills what was not counted yet. */
function hostNumbers(
  { pair }: HostSeen,
  hosts: readonly string[],
  known: AllSeen | undefined,
): Numbers | null {
  const own = pair ? numbersOf([pair]) : null
  if (hosts.length > 1 || !known) return own
  if (!own || own.requestsPerMinute === null) return { ...known.numbers, ...queueOf(own ?? undefined) }
  return own
}

function grown(courses: Picture['courses'], numbers: Numbers): Picture['courses'] {
  const add = (name: keyof Picture['courses'], value: number | null) =>
    [...courses[name], value].slice(-MOST_POINTS)
  return {
    responseP95Ms: add('responseP95Ms', numbers.responseMs.p95),
    ttftP95Ms: add('ttftP95Ms', numbers.ttftMs.p95),
    requests: add('requests', numbers.requestsPerMinute),
    errorRate: add('errorRate', numbers.errorRate),
    openStreams: add('openStreams', numbers.openStreams),
    costUsd: add('costUsd', numbers.costPerHourUsd),
  }
}

const ORDER: readonly CheckState[] = ['off', 'ok', 'degraded', 'down']

/** Each part as it is where it is worst. */
function worstOf(all: readonly Health['checks'][]): Health['checks'] {
  const worst: Record<string, CheckState> = {}
  for (const checks of all)
    for (const [name, state] of Object.entries(checks))
      if (ORDER.indexOf(state) > ORDER.indexOf(worst[name] ?? 'off') || worst[name] === undefined)
        worst[name] = state
  return worst
}

function notesOf(together: AllSeen | string, counted: Numbers | undefined): string[] {
  if (typeof together !== 'string') return []
  const numbers = counted ? '' : ', and numbers HELIX_METRICS_TOKEN'
  return [`Alerts and courses want the creator (helix login)${numbers}: ${together}`]
}
