import type { Connection } from '../connection.ts'
import type { Locks } from '../locks.ts'
import type { Deliver } from '../outbox.ts'
import { delayBefore, pause } from '../pause.ts'
import { judge } from './verdict.ts'
import type { WaitingMessage } from './waiting.ts'

const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 15_000

interface CourierDeps {
  locks: Locks
  connection: Pick<Connection, 'state'>
  deliver: Deliver
  signal: AbortSignal
  /** Everything that waits, oldest first. */
  read(): Promise<readonly WaitingMessage[]>
  /** Keeps a message as it is now, unless it was taken back meanwhile. */
  update(message: WaitingMessage): Promise<void>
  remove(clientMessageId: string): Promise<void>
  /** Shows what has changed. */
  refresh(): Promise<void>
}

/** The deliveries of one conversation, as long as there is something to deliver. */
interface Round {
  /** Something was added meanwhile. */
  again: boolean
  /** Ends the wait for the next attempt. */
  wake: () => void
}

/**
 * Delivers what waits, conversation by conversation. A lock each makes one tab the deliverer: mostly the one the
 * message was written in, which asks first; when that closes, the next one goes on.
 */
export function createCourier(userId: string, deps: CourierDeps) {
  const { locks, connection, deliver, signal, read, update, remove, refresh } = deps
  const rounds = new Map<string, Round>()
  const sending = new Set<string>()

  function send(sessionKey: string): void {
    const running = rounds.get(sessionKey)
    if (running) {
      running.again = true
      return
    }
    const round = { again: false, wake: () => {} }
    rounds.set(sessionKey, round)
    locks
      .request(`helix.outbox.${userId}.${sessionKey}`, { signal }, () => deliverAll(sessionKey, round))
      .catch(() => {})
      .finally(() => {
        rounds.delete(sessionKey)
        if (round.again && !signal.aborted) void sendMore(sessionKey)
      })
  }

  async function sendMore(sessionKey: string): Promise<void> {
    if (await next(sessionKey)) send(sessionKey)
  }

  async function next(sessionKey: string): Promise<WaitingMessage | undefined> {
    const first = (await read()).find((message) => message.sessionKey === sessionKey)
    return first?.state === 'failed' ? undefined : first
  }

  async function deliverAll(sessionKey: string, round: Round): Promise<void> {
    let attempts = 0
    let last: string | undefined
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        round.wake = resolve
      })
      const message = await next(sessionKey)
      if (!message || signal.aborted) return
      attempts = message.clientMessageId === last ? attempts + 1 : 1
      last = message.clientMessageId
      const waitMs = isOnline() ? await attempt(message, attempts) : LONGEST_DELAY_MS
      if (waitMs > 0) await pause(waitMs, signal, woken)
    }
  }

  const isOnline = () => connection.state.peek() === 'online'

  /** Resolves to how long to wait before the next attempt, in ms; 0 when this message needs none. */
  async function attempt(message: WaitingMessage, attempts: number): Promise<number> {
    const { clientMessageId } = message
    sending.add(clientMessageId)
    try {
      await refresh()
      // Whoever wrote it may have signed out meanwhile, and it is nobody else's to send.
      signal.throwIfAborted()
      await orAbort(deliver(message), signal)
      await remove(clientMessageId)
      return 0
    } catch (error) {
      sending.delete(clientMessageId)
      return await takeBack(message, error, attempts)
    } finally {
      sending.delete(clientMessageId)
    }
  }

  async function takeBack(message: WaitingMessage, error: unknown, attempts: number): Promise<number> {
    const { passing, offline, waitMs, failure } = judge(error, attempts)
    const writtenAt = message.writtenAt ?? (offline ? message.createdAt : undefined)
    await update({
      ...message,
      state: passing ? 'waiting' : 'failed',
      failure,
      ...(writtenAt !== undefined && { writtenAt }),
    })
    return passing ? Math.max(waitMs, delayBefore(attempts, FIRST_DELAY_MS, LONGEST_DELAY_MS)) : 0
  }

  return {
    /** Sees to what waits in a conversation, unless that is under way. */
    send,
    wake: (sessionKey: string) => rounds.get(sessionKey)?.wake(),
    wakeAll() {
      for (const { wake } of rounds.values()) wake()
    },
    isSending: (clientMessageId: string) => sending.has(clientMessageId),
  }
}

/** What `work` comes to; or, once `signal` aborts, its reason, so that a lock is not held for somebody who left. */
function orAbort(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', abort))
}
