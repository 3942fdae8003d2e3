import { effect, type Signal } from '@preact/signals'
import type { OutboxDeps } from '../outbox.ts'
import { createCourier } from './courier.ts'
import { byAge, type NewMessage, type WaitingMessage } from './waiting.ts'

/** The outbox of one person in one tab. */
export interface Queue {
  add(message: NewMessage): Promise<void>
  retry(clientMessageId: string): Promise<void>
  remove(clientMessageId: string): Promise<void>
  close(): void
}

/** Opens a person's outbox: what waits on the device goes out, from this tab or from another that is quicker. */
export function createQueue(
  userId: string,
  shown: Signal<readonly WaitingMessage[]>,
  deps: OutboxDeps,
): Queue {
  const { store, connection, feed } = deps
  const channel = deps.openChannel(`helix.outbox.${userId}`)
  const closed = new AbortController()
  let lastWritten = 0
  const courier = createCourier(userId, {
    ...deps,
    signal: closed.signal,
    read,
    update,
    remove: drop,
    refresh,
  })

  /** This tab's own: secrets, what the device has no room for, what is just being kept. */
  let own: readonly WaitingMessage[] = []
  /** Sent or taken back here: nothing of theirs goes out again, though the device may not have let go of it. */
  const gone = new Set<string>()

  async function read(): Promise<readonly WaitingMessage[]> {
    const kept = (await store.waiting.list(userId)) as WaitingMessage[]
    const ids = new Set([...gone, ...own.map(({ clientMessageId }) => clientMessageId)])
    return [...kept.filter(({ clientMessageId }) => !ids.has(clientMessageId)), ...own].sort(byAge)
  }

  async function refresh(): Promise<void> {
    const all = await read()
    if (closed.signal.aborted) return
    shown.value = all.map((message) =>
      courier.isSending(message.clientMessageId) ? { ...message, state: 'sending' } : message,
    )
    for (const { sessionKey } of all) courier.send(sessionKey)
  }

  function tellTabs(): void {
    if (!closed.signal.aborted) channel.postMessage('changed')
  }

  function hold(message: WaitingMessage): void {
    own = [...own.filter(({ clientMessageId: id }) => id !== message.clientMessageId), message]
  }

  async function update(message: WaitingMessage): Promise<void> {
    const isThere = (await read()).some(({ clientMessageId: id }) => id === message.clientMessageId)
    if (isThere) await keep(message)
  }

  /** Keeps a message as it is now; a secret stays in the tab. */
  async function keep(message: WaitingMessage): Promise<void> {
    const { clientMessageId } = message
    if (closed.signal.aborted || gone.has(clientMessageId)) return
    hold(message)
    if (message.secret) return refresh()
    const isKept = await store.waiting.write(userId, clientMessageId, { ...message, kept: true })
    if (isKept) own = own.filter((one) => one !== message)
    if (gone.has(clientMessageId)) await store.waiting.remove(userId, clientMessageId)
    tellTabs()
    await refresh()
  }

  async function drop(clientMessageId: string): Promise<void> {
    gone.add(clientMessageId)
    own = own.filter((message) => message.clientMessageId !== clientMessageId)
    await store.waiting.remove(userId, clientMessageId)
    tellTabs()
    await refresh()
  }

  channel.onmessage = () => void refresh()
  const endFeed = feed.subscribe((event) => {
    if (event.event === 'reply.finished') courier.wake(event.data.sessionKey)
  })
  const endConnection = effect(() => {
    if (connection.state.value === 'online') courier.wakeAll()
  })
  void refresh()

  return {
    async add(message) {
      lastWritten = Math.max(Date.now(), lastWritten + 1)
      const createdAt = new Date(lastWritten).toISOString()
      const offline = connection.state.peek() !== 'online'
      const waiting: WaitingMessage = {
        ...message,
        createdAt,
        state: 'waiting',
        kept: false,
        ...(offline && { writtenAt: createdAt }),
      }
      shown.value = [...shown.peek(), waiting]
      await keep(waiting)
    },
    async retry(clientMessageId) {
      const refused = (await read()).find((message) => message.clientMessageId === clientMessageId)
      if (refused?.state !== 'failed') return
      const { failure: _, ...message } = refused
      await keep({ ...message, state: 'waiting' })
    },
    remove: drop,
    close() {
      closed.abort()
      endFeed()
      endConnection()
      channel.close()
    },
  }
}
