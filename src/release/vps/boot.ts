import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, ask, notServing, stateOf } from './ask.ts'
import { change, type HeldPlace } from './place.ts'

const LOOK_MS = 500
/** A process that ended this often by itself will not stay. */
const MOST_RESTARTS = 2

export interface BootOptions {
  /** How long it may take until it is ready. */
  bootMs: number
  /** How long open replies may take to finish once it is stopped. */
  drainMs: number
  /** Whether it served here already: while it runs it is not started anew, since that may end it. */
  served?: boolean
  signal?: AbortSignal
}

/**
 * Starts a release beside whatever runs, and waits until it is ready. A process that keeps ending is not waited for.
 * @throws HelixError `deploy_failed` with its last answer and the end of its log
 */
export async function boot(
  place: HeldPlace,
  release: string,
  { bootMs, drainMs, served = false, signal }: BootOptions,
): Promise<void> {
  const before = served ? await stateOf(place, release) : undefined
  const runs = before?.state === 'running'
  if (!runs) {
    const { act, input } = place.runner.start(place.folder, release, drainMs)
    await change(place, `start ${release}`, act, { input })
  }
  // What runs on may have ended before, in all the time that it has served.
  const earlier = runs ? before.restarts : 0
  const until = performance.now() + bootMs
  let answer: Answer | undefined
  for (;;) {
    signal?.throwIfAborted()
    const { state, restarts } = await stateOf(place, release)
    if (state === 'failed' || restarts - earlier >= MOST_RESTARTS)
      throw await notServing(place, release, 'ended as soon as it had started', answer)
    answer = await ask(place, release, '/health/ready')
    if (answer.status === 200) return
    if (performance.now() > until)
      throw await notServing(place, release, `was not ready after ${bootMs / 1_000} s`, answer)
    await sleep(LOOK_MS)
  }
}
