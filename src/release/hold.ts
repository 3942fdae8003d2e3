import type { Host } from '../shell/host.ts'
import { acquireLock, type LockRequest, type ReleaseLock } from './lock.ts'
import type { HoldOptions } from './target.ts'

/** A folder of a machine, and its lock. */
export interface Lockable {
  host: Host
  folder: string
}

/** One that is ours to change while we hold its lock. */
export type Held<P extends Lockable = Lockable> = P & { lock: ReleaseLock }

/** Locks of all places, in the order of the places. */
export async function holdAll<P extends Lockable>(
  places: readonly P[],
  request: LockRequest,
  options: HoldOptions,
): Promise<Held<P>[]> {
  const held: Held<P>[] = []
  try {
    // One after the other in a fixed order, so that of two deploys one gets all.
    for (const place of places.toSorted((a, b) => a.host.name.localeCompare(b.host.name)))
      held.push({ ...place, lock: await acquireLock(place.host, place.folder, request, options) })
  } catch (error) {
    await giveBack(held)
    throw error
  }
  return places.map((place) => held.find(({ host }) => host === place.host) as Held<P>)
}

/** Gives the locks back, last taken first. */
export async function giveBack(held: readonly Held[]): Promise<void> {
  for (const { lock } of held.toReversed()) await lock.release().catch(() => {})
}

/** A place as a plan sees it: nothing is locked, since nothing is changed. */
export function unheld<P extends Lockable>(place: P): Held<P> {
  return { ...place, lock: noLock }
}

const noLock: ReleaseLock = {
  token: 0,
  signal: new AbortController().signal,
  fenced: (act) => act,
  lose() {},
  async release() {},
}
