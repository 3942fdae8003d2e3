import type { Dispatcher } from 'undici'

type Controller = Dispatcher.DispatchController

export interface Aborting {
  /** Aborts the request with the signal, at once where that is aborted already. */
  follow(signal: AbortSignal, request: Controller): void
  leave(signal: AbortSignal, request: Controller): void
}

/**
 * Has many requests end with one signal. It is listened to once: a signal goes through all its listeners to forget one,
 * which thousands of open requests would do for each of them.
 */
export function createAborting(): Aborting {
  const following = new WeakMap<AbortSignal, Set<Controller>>()
  function followersOf(signal: AbortSignal): Set<Controller> {
    const known = following.get(signal)
    if (known) return known
    const made = new Set<Controller>()
    following.set(signal, made)
    const abort = () => {
      for (const request of made) request.abort(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    return made
  }
  return {
    follow(signal, request) {
      if (signal.aborted) request.abort(signal.reason)
      else followersOf(signal).add(request)
    },
    leave(signal, request) {
      following.get(signal)?.delete(request)
    },
  }
}
