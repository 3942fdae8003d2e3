import { signal } from '@preact/signals'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { FeedEvent } from '../../../src/contract/feed.ts'
import { type FailureCode, HelixError } from '../../../src/errors.ts'
import type { SessionState } from '../signin/session.ts'
import type { ConnectionState } from './connection.ts'
import { createOutbox, type WaitingMessage } from './outbox.ts'
import { memoryTables } from './store/memory-tables.ts'
import type { Tables } from './store/tables.ts'
import { createStore } from './store.ts'

const channels: BroadcastChannel[] = []
let room = 0

/** A gateway that takes each message once, however often it is sent, and refuses on demand. */
function startServer() {
  const taken: string[] = []
  const ids = new Set<string>()
  const attempts: WaitingMessage[] = []
  const refusals: Error[] = []
  let gate: Promise<void> | undefined
  return {
    taken,
    attempts,
    refuse: (...codes: FailureCode[]) =>
      refusals.push(...codes.map((code) => new HelixError(code, `${code}!`))),
    refuseWith: (error: Error) => refusals.push(error),
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    },
    async deliver(message: WaitingMessage): Promise<void> {
      attempts.push(message)
      await gate
      const refusal = refusals.shift()
      if (refusal) throw refusal
      if (ids.has(message.clientMessageId)) return
      ids.add(message.clientMessageId)
      taken.push(message.content)
    },
  }
}

/** A device: what it keeps survives its tabs. */
function startDevice(tables: Tables = memoryTables()) {
  room += 1
  const userId = `ana-${room}`
  return function openTab(server: Pick<ReturnType<typeof startServer>, 'deliver'>) {
    const session = { state: signal<SessionState>({ userId, email: '', anonymous: false }) }
    const connection = { state: signal<ConnectionState>('online') }
    const listeners = new Set<(event: FeedEvent) => void>()
    const outbox = createOutbox({
      store: createStore(async () => tables),
      session,
      connection,
      feed: {
        subscribe(listener) {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
      },
      locks: navigator.locks,
      openChannel(name) {
        const channel = new BroadcastChannel(name)
        channels.push(channel)
        return channel
      },
      deliver: server.deliver,
    })
    const add = (content: string, sessionKey = 'talk', more: { secret?: boolean } = {}) =>
      outbox.add({ clientMessageId: `${content}-id`, sessionKey, content, ...more })
    return {
      outbox,
      add,
      session,
      connection,
      shown: () => outbox.waiting.value.map(({ content, state }) => `${content}: ${state}`),
      finishReply(sessionKey: string) {
        for (const tell of listeners)
          tell({
            event: 'reply.finished',
            seq: 1,
            data: { sessionKey, at: '', generationId: '', messageId: '', status: 'complete' },
          })
      },
      close() {
        session.state.value = 'signed-out'
      },
    }
  }
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 4_000, interval: 5 })
const nobody = { deliver: () => new Promise<void>(() => {}) }

describe('the outbox', () => {
  afterEach(() => {
    for (const channel of channels.splice(0)) channel.close()
  })

  test('sends each once, and what follows, where the device does not let go of what was sent', async () => {
    const server = startServer()
    const tables = memoryTables()
    const remove = () => Promise.reject(new DOMException('The disk is full', 'QuotaExceededError'))
    const tab = startDevice({ ...tables, remove })(server)
    await Promise.all(['one', 'two'].map((content) => tab.add(content)))
    await soon(() => expect(server.taken).toEqual(['one', 'two']))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(server.attempts.map(({ content }) => content)).toEqual(['one', 'two'])
    expect(tab.shown()).toEqual([])
    tab.close()
  })

  test('does not send what was taken back while an attempt failed', async () => {
    const server = startServer()
    server.refuse('gateway_unreachable')
    const letGo = server.hold()
    const tables = memoryTables()
    let takeBack = async () => {}
    // Between the look whether it still waits and the writing of it.
    const write: Tables['write'] = async (...given) => {
      await takeBack()
      await tables.write(...given)
    }
    const tab = startDevice({ ...tables, write })(server)
    await tab.add('one')
    await soon(() => expect(server.attempts).toHaveLength(1))
    takeBack = async () => {
      takeBack = async () => {}
      await tab.outbox.remove('one-id')
    }
    letGo()
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(server.taken).toEqual([])
    expect(tab.shown()).toEqual([])
    tab.close()
  })

  test('delivers in the order of writing, each message once', async () => {
    const server = startServer()
    const tab = startDevice()(server)
    await Promise.all(['one', 'two', 'three'].map((content) => tab.add(content)))
    await soon(() => expect(tab.shown()).toEqual([]))
    expect(server.taken).toEqual(['one', 'two', 'three'])
    expect(server.attempts.map(({ writtenAt }) => writtenAt)).toEqual([undefined, undefined, undefined])
    tab.close()
  })

  test('does not hold one conversation up for another', async () => {
    const server = startServer()
    server.refuse('gateway_unreachable')
    const tab = startDevice()(server)
    await tab.add('stuck', 'first')
    await tab.add('free', 'second')
    await soon(() => expect(server.taken).toEqual(['free']))
    await soon(() => expect(server.taken).toEqual(['free', 'stuck']))
    tab.close()
  })

  test('keeps what is written offline, and sends it in order with the time of writing once there is a way', async () => {
    const server = startServer()
    const tab = startDevice()(server)
    tab.connection.state.value = 'offline'
    await tab.add('one')
    await tab.add('two')
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(server.attempts).toEqual([])
    expect(tab.shown()).toEqual(['one: waiting', 'two: waiting'])
    tab.connection.state.value = 'online'
    await soon(() => expect(server.taken).toEqual(['one', 'two']))
    for (const { writtenAt, createdAt } of server.attempts) expect(writtenAt).toBe(createdAt)
    tab.close()
  })

  test('tries again when an attempt is lost, and what arrived after all is not sent twice', async () => {
    const server = startServer()
    let lost = 0
    const tab = startDevice()({
      async deliver(message) {
        await server.deliver(message)
        lost += 1
        if (lost === 1) throw new HelixError('gateway_unreachable', 'the answer was lost')
      },
    })
    await tab.add('one')
    await tab.add('two')
    await soon(() => expect(tab.shown()).toEqual([]))
    expect(server.taken).toEqual(['one', 'two'])
    expect(server.attempts.map(({ content }) => content)).toEqual(['one', 'one', 'two'])
    expect(server.attempts[1]?.writtenAt).toBe(server.attempts[0]?.createdAt)
    tab.close()
  })

  test('survives its tab: the next one delivers, in order', async () => {
    const server = startServer()
    const openTab = startDevice()
    const first = openTab(nobody)
    first.connection.state.value = 'unreachable'
    await first.add('one')
    await first.add('two')
    first.close()
    const second = openTab(server)
    await soon(() => expect(server.taken).toEqual(['one', 'two']))
    await soon(() => expect(second.shown()).toEqual([]))
    second.close()
  })

  test('is delivered by one tab of several, and goes on when that one closes', async () => {
    const server = startServer()
    const openTab = startDevice()
    const [first, second] = [openTab(nobody), openTab(server)]
    await first.add('one')
    await first.add('two')
    await soon(() => expect(second.shown()).toEqual(['one: waiting', 'two: waiting']))
    await soon(() => expect(first.shown()).toEqual(['one: sending', 'two: waiting']))
    expect(server.attempts).toEqual([])
    first.close()
    await soon(() => expect(second.shown()).toEqual([]))
    expect(server.taken).toEqual(['one', 'two'])
    second.close()
  })

  test.each<FailureCode>([
    'request_invalid',
    'body_too_large',
    'conversation_not_found',
    'idempotency_mismatch',
    'budget_exhausted',
    'account_suspended',
  ])('keeps a message refused with %s, says why, and lets those behind it wait', async (code) => {
    const server = startServer()
    server.refuse(code)
    const tab = startDevice()(server)
    await tab.add('one')
    await tab.add('two')
    await soon(() => expect(tab.shown()).toEqual(['one: failed', 'two: waiting']))
    expect(tab.outbox.waiting.value[0]?.failure).toEqual({ code, message: `${code}!` })
    await tab.outbox.retry('one-id')
    await soon(() => expect(server.taken).toEqual(['one', 'two']))
    expect(tab.shown()).toEqual([])
    tab.close()
  })

  test('goes on behind a refused message that is taken back', async () => {
    const server = startServer()
    server.refuse('request_invalid')
    const openTab = startDevice()
    const tab = openTab(server)
    await tab.add('one')
    await tab.add('two')
    await soon(() => expect(tab.shown()[0]).toBe('one: failed'))
    const other = openTab(nobody)
    await soon(() => expect(other.shown()[0]).toBe('one: failed'))
    await tab.outbox.remove('one-id')
    await soon(() => expect(server.taken).toEqual(['two']))
    await soon(() => expect(other.shown()).toEqual([]))
    tab.close()
    other.close()
  })

  test('waits for the reply that is under way, and no longer', async () => {
    const server = startServer()
    const tab = startDevice()(server)
    server.refuse('conversation_busy', 'conversation_busy', 'conversation_busy')
    await tab.add('one')
    await soon(() => expect(server.attempts).toHaveLength(3))
    const before = Date.now()
    tab.finishReply('talk')
    await soon(() => expect(server.taken).toEqual(['one']))
    expect(Date.now() - before).toBeLessThan(400)
    expect(server.attempts.at(-1)?.writtenAt).toBeUndefined()
    tab.close()
  })

  test('waits as long as the gateway asks', async () => {
    const server = startServer()
    const tab = startDevice()(server)
    server.refuseWith(new HelixError('rate_limited', 'slow down', { details: { retryAfterMs: 1_200 } }))
    const before = Date.now()
    await tab.add('one')
    await soon(() => expect(server.taken).toEqual(['one']))
    expect(Date.now() - before).toBeGreaterThanOrEqual(1_190)
    tab.close()
  })

  test('gives a message up that fails in unforeseen ways again and again', async () => {
    const tab = startDevice()({
      async deliver() {
        tab.connection.state.value = 'unreachable'
        tab.connection.state.value = 'online'
        throw new TypeError('broken')
      },
    })
    await tab.add('poison')
    await soon(() => expect(tab.shown()).toEqual(['poison: failed']))
    expect(tab.outbox.waiting.value[0]?.failure?.code).toBe('internal')
    tab.close()
  })

  test('keeps a secret in its tab alone', async () => {
    const tables = memoryTables()
    const openTab = startDevice(tables)
    const written: unknown[] = []
    const watched = { ...tables, write: async (...row: Parameters<Tables['write']>) => written.push(row) }
    Object.assign(tables, watched)
    const [tab, other] = [openTab(startServer()), openTab(nobody)]
    tab.connection.state.value = 'offline'
    await tab.add('hush', 'talk', { secret: true })
    expect(tab.shown()).toEqual(['hush: waiting'])
    expect(tab.outbox.waiting.value[0]?.kept).toBe(false)
    expect(written).toEqual([])
    expect(other.shown()).toEqual([])
    tab.close()
    other.close()
  })

  test('says which messages the device has no room for, and sends them all the same', async () => {
    const tables = memoryTables()
    tables.write = async () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    const server = startServer()
    const tab = startDevice(tables)(server)
    tab.connection.state.value = 'offline'
    await tab.add('one')
    expect(tab.outbox.waiting.value).toMatchObject([{ content: 'one', kept: false }])
    tab.connection.state.value = 'online'
    await soon(() => expect(server.taken).toEqual(['one']))
    expect(tab.shown()).toEqual([])
    tab.close()
  })

  test('keeps each person’s messages apart', async () => {
    const server = startServer()
    const tab = startDevice()(server)
    tab.connection.state.value = 'offline'
    await tab.add('hers')
    const ana = tab.session.state.value
    tab.session.state.value = { userId: `ben-${room}`, email: '', anonymous: false }
    expect(tab.shown()).toEqual([])
    tab.connection.state.value = 'online'
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(server.attempts).toEqual([])
    tab.session.state.value = ana
    await soon(() => expect(server.taken).toEqual(['hers']))
    tab.close()
  })

  test('does not bring back a message that was taken back while it was being sent', async () => {
    const server = startServer()
    const release = server.hold()
    server.refuse('gateway_unreachable')
    const tab = startDevice()(server)
    await tab.add('one')
    await soon(() => expect(tab.shown()).toEqual(['one: sending']))
    await tab.outbox.remove('one-id')
    release()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(tab.shown()).toEqual([])
    tab.close()
  })
})
