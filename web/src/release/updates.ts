import { effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Connection } from '../sync/connection.ts'
import type { Presence } from '../sync/presence.ts'

/** A newer release than the one this tab runs. */
export interface Updates {
  /** Whether there is one, and the reader has not put it off. */
  readonly offered: ReadonlySignal<boolean>
  /** Puts the offer off until there is another release. */
  putOff(): void
}

interface UpdatesDeps {
  /** Undefined where the browser has no service workers: over plain HTTP, in some private windows. */
  workers: ServiceWorkerContainer | undefined
  /** Registers the service worker of the site. */
  register: (workers: ServiceWorkerContainer) => Promise<ServiceWorkerRegistration>
  /** Path of the script this tab began with, which tells its release. */
  release: string
  presence: Pick<Presence, 'visible'>
  connection: Pick<Connection, 'state'>
}

/** How often a tab that stays open asks for a newer release; also when it opens and is come back to, but not oftener than: */
const ASK_EVERY_MS = 60 * 60_000
const ASK_AT_MOST_EVERY_MS = 5 * 60_000

/**
 * Keeps the service worker up to date, and notices when it is of another release than this tab. The tab goes on as it
 * is: a newer release is offered, and only the reader reloads.
 */
export function watchForUpdates({ workers, register, release, presence, connection }: UpdatesDeps): Updates {
  const offered = signal(false)
  const putOff = () => {
    offered.value = false
  }
  if (!workers) return { offered, putOff }

  workers.addEventListener('controllerchange', () => void compare(workers))
  register(workers)
    .then(keepAsking)
    .catch(() => {})

  async function compare({ controller }: ServiceWorkerContainer): Promise<void> {
    if (controller && !(await holds(controller, release))) offered.value = true
  }

  function keepAsking(registration: ServiceWorkerRegistration): void {
    let asked = 0
    const ask = (atMostEveryMs: number) => {
      if (Date.now() - asked < atMostEveryMs) return
      asked = Date.now()
      registration.update().catch(() => {})
    }
    setInterval(() => ask(0), ASK_EVERY_MS)
    effect(() => {
      if (presence.visible.value) ask(ASK_AT_MOST_EVERY_MS)
    })
    // A gateway that was away may have been replaced.
    let wasOnline = true
    effect(() => {
      const isOnline = connection.state.value === 'online'
      if (isOnline && !wasOnline) ask(0)
      wasOnline = isOnline
    })
  }

  return { offered, putOff }
}

/** Whether a worker is of the release that begins with `path`; one that does not answer is no reason to reload. */
function holds(worker: ServiceWorker, path: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      resolve(data === true)
      port1.close()
    }
    worker.postMessage({ kind: 'holds', path }, [port2])
  })
}
