import { acquireLock, type LockRequest } from './lock.ts'
import type { HeldPlace, Place } from './vps/place.ts'

/** Locks of all places, in the order of the places. */
export async function holdAll<P extends Place>(
  places: readonly P[],
  request: LockRequest,
  resume: boolean,
): Promise<(P & HeldPlace)[]> {
  const held: (P & HeldPlace)[] = []
  try {
    // One after the other in a fixed order, so that of two deploys one gets all.
    for (const place of places.toSorted((a, b) => a.host.name.localeCompare(b.host.name)))
      held.push({ ...place, lock: await acquireLock(place.host, place.folder, request, { resume }) })
  } catch (error) {
    await giveBack(held)
    throw error
  }
  return places.map((place) => held.find(({ host }) => host === place.host) as P & HeldPlace)
}

/** Gives the locks back, last taken first. */
export async function giveBack(held: readonly HeldPlace[]): Promise<void> {
  for (const { lock } of held.toReversed()) await lock.release().catch(() => {})
}

/** A place as a plan sees it: nothing is locked, since nothing is changed. */
export function unheld(place: Place): HeldPlace {
  return { ...place, lock: noLock }
}

const noLock: HeldPlace['lock'] = {
  token: 0,
  signal: new AbortController().signal,
  fenced: (act) => act,
  lose() {},
  async release() {},
}
