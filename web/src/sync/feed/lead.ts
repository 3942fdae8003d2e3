import { effect } from '@preact/signals'
import { retryAfter } from '../../../../src/client/retry.ts'
import type { FeedEvent } from '../../../../src/contract/feed.ts'
import type { FeedDeps } from '../feed.ts'
import { delayBefore, pause } from '../pause.ts'

const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 30_000
/** A tab hidden for so long may have slept, and its connection with it. */
const ASLEEP_MS = 30_000

/**
 * Holds the one connection of all tabs until `signal` aborts, whatever happens to it: refused, it asks again later;
 * back from sleep or from a lost network, at once.
 * @param from where to go on, asked before each connection
 */
export async function lead(
  { client, connection, presence }: Pick<FeedDeps, 'client' | 'connection' | 'presence'>,
  from: () => number | undefined,
  take: (event: FeedEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const wakes = watchForWaking({ connection, presence })
  let attempt = 0
  try {
    while (!signal.aborted) {
      const lastEventId = from()
      const woken = wakes.next()
      let waitMs = 0
      try {
        const follow = {
          ...(lastEventId !== undefined && { lastEventId }),
          signal: AbortSignal.any([signal, woken.signal]),
        }
        for await (const event of client.events(follow)) {
          attempt = 0
          take(event)
        }
      } catch (error) {
        if (signal.aborted) return
        if (woken.signal.aborted) continue
        waitMs = retryAfter(error) ?? 0
      }
      attempt += 1
      const delay = delayBefore(attempt, FIRST_DELAY_MS, LONGEST_DELAY_MS)
      await pause(Math.max(waitMs, delay), signal, wakes.next().promise).catch(() => {})
    }
  } finally {
    wakes.end()
  }
}

interface Waking {
  signal: AbortSignal
  promise: Promise<void>
}

/** Says when a connection should be made anew: the gateway is back, or this tab is, after a sleep. */
function watchForWaking({ connection, presence }: Pick<FeedDeps, 'connection' | 'presence'>) {
  let current = newWaking()
  let hiddenSince: number | undefined
  let wasOnline = true

  function wake(): void {
    const { abort } = current
    current = newWaking()
    abort()
  }

  const endOnline = effect(() => {
    const isOnline = connection.state.value === 'online'
    if (isOnline && !wasOnline) wake()
    wasOnline = isOnline
  })
  const endVisible = effect(() => {
    if (!presence.visible.value) hiddenSince = Date.now()
    else {
      if (hiddenSince !== undefined && Date.now() - hiddenSince >= ASLEEP_MS) wake()
      hiddenSince = undefined
    }
  })

  return {
    next: (): Waking => current,
    end() {
      endOnline()
      endVisible()
    },
  }
}

function newWaking(): Waking & { abort: () => void } {
  const controller = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    signal: controller.signal,
    promise,
    abort() {
      controller.abort(new DOMException('woken', 'AbortError'))
      resolve()
    },
  }
}
