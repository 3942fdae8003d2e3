import { setTimeout as sleep } from 'node:timers/promises'
import { type Counts, type Level, levelBetween, readCounts, worsening } from '../level.ts'
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

const NOTHING: Counts = { requests: 0, failed: 0, cut: 0, durations: new Map() }

/**
 * Watches a release that has just been given its requests.
 * @param before how the one before it fared
 * @throws HelixError `deploy_failed` as soon as it is clearly worse, or gone
 */
export async function watch(
  place: Place,
  release: string,
  before: Level,
  { watchMs, signal, onLevel }: WatchOptions,
): Promise<Level> {
  const until = performance.now() + watchMs
  const first = (await countsOf(place, release)) ?? NOTHING
  let level = levelBetween(first, first)
  for (let silences = 0; performance.now() < until; ) {
    await sleep(Math.min(LOOK_MS, Math.max(0, until - performance.now())), undefined, { signal })
    const answer = await ask(place, release, '/metrics')
    silences = answer.status === 200 ? 0 : silences + 1
    if (silences >= MOST_SILENCES) throw await notServing(place, release, 'no longer answers', answer)
    if (answer.status !== 200) continue
    level = levelBetween(first, readCounts(answer.body))
    onLevel?.(level)
    const worse = worsening(before, level)
    if (worse !== undefined)
      throw await notServing(place, release, `is worse than before: ${worse}`, undefined)
  }
  return level
}
