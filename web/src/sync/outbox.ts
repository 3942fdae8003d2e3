import { effect, type ReadonlySignal, signal } from '@preact/signals'
import type { SessionState } from '../signin/session.ts'
import type { Connection } from './connection.ts'
import type { TabChannel } from './feed/follow-together.ts'
import type { Feed } from './feed.ts'
import type { Locks } from './locks.ts'
import { createQueue, type Queue } from './outbox/queue.ts'
import type { NewMessage, WaitingMessage } from './outbox/waiting.ts'
import type { Store } from './store.ts'

export type { WaitingMessage } from './outbox/waiting.ts'

/** Messages on their way, kept on this device until the gateway acknowledged them. */
export interface Outbox {
  /** Of all conversations, oldest first. */
  readonly waiting: ReadonlySignal<readonly WaitingMessage[]>
  /** Keeps a message, then delivers it when its turn comes: once, and in order within its conversation. Never rejects. */
  add(message: NewMessage): Promise<void>
  /** Tries a refused message again, and then those that wait behind it. */
  retry(clientMessageId: string): Promise<void>
  /** Takes a message back that has not been acknowledged; to reword it, take it back and write it anew. */
  remove(clientMessageId: string): Promise<void>
}

/**
 * Hands one message to the gateway; resolves once it acknowledged it, which is the `start` event of the reply.
 * @throws HelixError of the gateway's code, by which the outbox decides whether to try again
 */
export type Deliver = (message: WaitingMessage) => Promise<void>

export interface OutboxDeps {
  store: Store
  session: { state: ReadonlySignal<SessionState> }
  connection: Pick<Connection, 'state'>
  feed: Feed
  locks: Locks
  openChannel: (name: string) => TabChannel
  deliver: Deliver
}

/** Makes the outbox of one page: that of whoever is signed in. */
export function createOutbox(deps: OutboxDeps): Outbox {
  const waiting = signal<readonly WaitingMessage[]>([])
  let queue: Queue | undefined
  let userId: string | undefined

  effect(() => {
    const who = deps.session.state.value
    const next = typeof who === 'string' ? undefined : who.userId
    if (next === userId) return
    queue?.close()
    userId = next
    waiting.value = []
    queue = next === undefined ? undefined : createQueue(next, waiting, deps)
  })

  return {
    waiting,
    add: async (message) => queue?.add(message),
    retry: async (id) => queue?.retry(id),
    remove: async (id) => queue?.remove(id),
  }
}
