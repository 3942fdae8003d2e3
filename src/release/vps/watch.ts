import { setTimeout as sleep } from 'node:timers/promises'
import { type Counts, type Level, levelBetween, NO_COUNTS, readCounts, worsening } from '../level.ts'
import { ask, notServing } from './ask.ts'
import type { Place } from './place.ts'

const LOOK_MS = 2_000
/** How often in a row a release may fail to answer before it counts as gone. */
const MOST_SILENCES = 3

export interface WatchOptions {
  /** How long to watch, in ms. */
  watchMs: number
  signal: AbortSignal
  /** Told of how it fares, now and then. */
  onLevel?: (level: Level) => void
}

/** How a running release has fared since its start; undefined where it does not tell. */
export async function countsOf(place: Place, release: string): Promise<Counts | undefined> {
  const { status, body } = await ask(place, release, '/metrics')
  return status === 200 ? readCounts(body) : undefined
}

/**
 * Watches a release that has just been given its requests.
 * @param before how the one before it fared
 * @throws HelixError `deploy_failed` as soon as it is clearly worse, or gone, or when it never told how it fares
 */
export async function watch(
  place: Place,
  release: string,
  before: Level,
  { watchMs, signal, onLevel }: WatchOptions,
): Promise<Level> {
  const until = performance.now() + watchMs
  const first = (await countsOf(place, release)) ?? NO_COUNTS
  let level: Level | undefined
  for (let silences = 0; performance.now() < until; ) {
    await sleep(Math.min(LOOK_MS, Math.max(0, until - performance.now())), undefined, { signal })
    // 503 is what it answers in maintenance, too; only its health tells that from a database it has lost.
    const health = await ask(place, release, '/health')
    silences = health.status === 200 ? 0 : silences + 1
    if (silences >= MOST_SILENCES) throw await notServing(place, release, 'is no longer healthy', health)
    const counts = await countsOf(place, release)
    if (counts === undefined) continue
    level = levelBetween(first, counts)
    onLevel?.(level)
    const worse = worsening(before, level)
    if (worse !== undefined)
      throw await notServing(place, release, `is worse than before: ${worse}`, undefined)
  }
  if (level === undefined) throw await notServing(place, release, 'never told how it fares', undefined)
  return level
}
