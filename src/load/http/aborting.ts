/** Something under way that can be ended. */
export interface Abortable {
  abort(reason: unknown): void
}

/**
 * What ends with a signal: a ring of all who may have something under way, which nobody enters or leaves for each
 * request. Each has room for one request at a time.
 */
export class Place {
  /** Taken away by whoever put it there, as it ends. */
  request: Abortable | undefined
  signal: AbortSignal | undefined
  before: Place = this
  after: Place = this
}

export interface Aborting {
  /** Aborts the request with the signal, at once where that is aborted already, as long as the place has it. */
  follow(signal: AbortSignal, place: Place, request: Abortable): void
}

/**
 * Has many requests end with one signal. It is listened to once: a signal goes through all its listeners to forget one,
 * which thousands of open requests would do for each of them. Whoever has one request after the other with the same
 * signal stays where they are (docs/performance.md, the load generator).
 */
export function createAborting(): Aborting {
  const rings = new WeakMap<AbortSignal, Place>()

  function ringOf(signal: AbortSignal): Place {
    const ring = rings.get(signal) ?? heeding(signal)
    rings.set(signal, ring)
    return ring
  }
  return {
    follow(signal, place, request) {
      if (signal.aborted) return request.abort(signal.reason)
      if (place.signal !== signal) {
        leave(place)
        place.signal = signal
        enter(ringOf(signal), place)
      }
      place.request = request
    },
  }
}

/** A ring of places, whose requests all are aborted with the signal. */
function heeding(signal: AbortSignal): Place {
  const ring = new Place()
  const abort = () => {
    while (ring.after !== ring) {
      const place = ring.after
      const { request } = place
      leave(place)
      place.signal = undefined
      place.request = undefined
      request?.abort(signal.reason)
    }
  }
  signal.addEventListener('abort', abort, { once: true })
  return ring
}

function enter(ring: Place, place: Place): void {
  place.before = ring
  place.after = ring.after
  ring.after.before = place
  ring.after = place
}

function leave(place: Place): void {
  place.before.after = place.after
  place.after.before = place.before
  place.before = place
  place.after = place
}
