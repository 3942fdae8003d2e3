import type { Dispatcher } from 'undici'

type Controller = Dispatcher.DispatchController

/** The place of a request among those that end with one signal: a ring, which it leaves without anything being looked up. */
class Link {
  before: Link = this
  after: Link = this
  readonly request: Controller | undefined

  constructor(request?: Controller) {
    this.request = request
  }
}

export type { Link }

export interface Aborting {
  /** Aborts the request with the signal, at once where that is aborted already, until it leaves. */
  follow(signal: AbortSignal, request: Controller): Link
  leave(place: Link): void
}

/**
 * Has many requests end with one signal. It is listened to once: a signal goes through all its listeners to forget one,
 * which thousands of open requests would do for each of them. Nor are they kept in a Set, which tens of thousands a second
 * that come and go have made anew all the time (docs/performance.md, the load generator).
 */
export function createAborting(): Aborting {
  const rings = new WeakMap<AbortSignal, Link>()
  let latest: { signal: AbortSignal; ring: Link } | undefined

  function ringOf(signal: AbortSignal): Link {
    if (latest?.signal === signal) return latest.ring
    const ring = rings.get(signal) ?? heeding(signal)
    rings.set(signal, ring)
    latest = { signal, ring }
    return ring
  }
  return {
    follow(signal, request) {
      const place = new Link(request)
      if (signal.aborted) request.abort(signal.reason)
      else enter(ringOf(signal), place)
      return place
    },
    leave,
  }
}

/** A ring of requests, which all are aborted with the signal. */
function heeding(signal: AbortSignal): Link {
  const ring = new Link()
  const abort = () => {
    while (ring.after !== ring) {
      const place = ring.after
      leave(place)
      place.request?.abort(signal.reason)
    }
  }
  signal.addEventListener('abort', abort, { once: true })
  return ring
}

function enter(ring: Link, place: Link): void {
  place.before = ring
  place.after = ring.after
  ring.after.before = place
  ring.after = place
}

/** Leaving twice does nothing. */
function leave(place: Link): void {
  place.before.after = place.after
  place.after.before = place.before
  place.before = place
  place.after = place
}
