import { signal } from '@preact/signals'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { FollowOptions } from '../../../src/client/events.ts'
import type { FeedEvent } from '../../../src/contract/feed.ts'
import { HelixError } from '../../../src/errors.ts'
import type { SessionState } from '../signin/session.ts'
import type { ConnectionState } from './connection.ts'
import { createFeed } from './feed.ts'

const AT = '2026-11-25T12:00:00.000Z'
const ANA = { userId: 'ana', email: 'ana@example.com', anonymous: false }
const BEN = { userId: 'ben', email: 'ben@example.com', anonymous: false }

/** A gateway's feed: numbered events of which the older ones may be gone. */
function startServer() {
  const events: FeedEvent[] = []
  const open = new Set<() => void>()
  let oldest = 1
  let connections = 0
  let refusal: Error | undefined

  async function* follow({ lastEventId, signal: ends }: FollowOptions = {}): AsyncGenerator<FeedEvent, void> {
    if (refusal) throw refusal
    connections += 1
    let place = lastEventId ?? events.length
    const kept = place >= oldest - 1 && place <= events.length
    if (!kept) place = events.length
    yield { event: kept ? 'ready' : 'reset', seq: place, data: { seq: events.length } }
    for (;;) {
      ends?.throwIfAborted()
      const next = events[place]
      if (next) {
        place += 1
        yield next
      } else {
        const news = Promise.withResolvers<void>()
        open.add(news.resolve)
        ends?.addEventListener('abort', news.resolve)
        await news.promise
      }
    }
  }

  return {
    follow,
    connections: () => connections,
    add(sessionKey: string) {
      events.push({ event: 'conversation.deleted', seq: events.length + 1, data: { sessionKey, at: AT } })
      for (const tell of open) tell()
    },
    forgetUpTo(seq: number) {
      oldest = seq + 1
    },
    refuse(error: Error | undefined) {
      refusal = error
    },
  }
}

const channels: BroadcastChannel[] = []
let room = 0

function newPerson(): string {
  room += 1
  return `person-${room}`
}

describe('the feed of several tabs', () => {
  afterEach(() => {
    for (const channel of channels.splice(0)) channel.close()
  })

  function tabsOf(server: ReturnType<typeof startServer>, userId = newPerson()) {
    return function openTab({ visible = true, who = { ...ANA, userId } as SessionState } = {}) {
      const session = { state: signal<SessionState>(who) }
      const connection = { state: signal<ConnectionState>('online') }
      const presence = { visible: signal(visible) }
      const told: string[] = []
      const errors: unknown[] = []
      const feed = createFeed({
        client: { events: server.follow },
        session,
        connection,
        presence,
        locks: navigator.locks,
        answerMs: 60,
        openChannel(name) {
          const channel = new BroadcastChannel(name)
          channels.push(channel)
          return channel
        },
        onError: (error) => errors.push(error),
      })
      feed.subscribe((event) =>
        told.push(event.event === 'conversation.deleted' ? event.data.sessionKey : event.event),
      )
      const close = () => {
        session.state.value = 'signed-out'
      }
      return { feed, told, errors, session, connection, presence, close }
    }
  }

  const said = (tab: { told: string[] }) => tab.told.filter((word) => word !== 'ready').join(' ')
  const soon = (check: () => void) => vi.waitFor(check, { timeout: 3_000, interval: 5 })

  test('is one connection, and every tab has every event once', async () => {
    const server = startServer()
    const openTab = tabsOf(server)
    const tabs = [openTab(), openTab(), openTab()]
    await soon(() => expect(tabs.map(({ told }) => told)).toEqual([['ready'], ['ready'], ['ready']]))
    for (const name of ['a', 'b', 'c']) server.add(name)
    await soon(() => expect(tabs.map(said)).toEqual(['a b c', 'a b c', 'a b c']))
    expect(server.connections()).toBe(1)
    for (const { close } of tabs) close()
  })

  test('goes on in another tab when the one that held it closes: nothing lost, nothing twice', async () => {
    const server = startServer()
    const openTab = tabsOf(server)
    const [first, second, third] = [openTab(), openTab(), openTab()]
    await soon(() => expect(third.told).toEqual(['ready']))
    server.add('a')
    await soon(() => expect(said(second)).toBe('a'))
    first.close()
    for (const name of ['b', 'c']) server.add(name)
    await soon(() => expect([said(second), said(third)]).toEqual(['a b c', 'a b c']))
    expect(server.connections()).toBe(2)
    second.close()
    server.add('d')
    await soon(() => expect(said(third)).toBe('a b c d'))
    third.close()
    expect(said(first)).toBe('a')
  })

  test('takes the lead from a tab that holds it and does not answer', async () => {
    const server = startServer()
    const userId = newPerson()
    const asleep = Promise.withResolvers<void>()
    const robbed = navigator.locks.request(`helix.feed.${userId}`, () => asleep.promise).catch(() => 'robbed')
    const tab = tabsOf(server, userId)()
    server.add('before')
    await soon(() => expect(server.connections()).toBe(1))
    server.add('a')
    await soon(() => expect(said(tab)).toBe('a'))
    asleep.resolve()
    expect(await robbed).toBe('robbed')
    tab.close()
  })

  test('leaves a sleeping lead alone while nobody looks', async () => {
    const server = startServer()
    const userId = newPerson()
    const asleep = Promise.withResolvers<void>()
    const robbed = navigator.locks.request(`helix.feed.${userId}`, () => asleep.promise).catch(() => 'robbed')
    const tab = tabsOf(server, userId)({ visible: false })
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect(server.connections()).toBe(0)
    tab.presence.visible.value = true
    await soon(() => expect(server.connections()).toBe(1))
    expect(await robbed).toBe('robbed')
    tab.close()
  })

  test('says reset in every tab where events are gone', async () => {
    const server = startServer()
    const openTab = tabsOf(server)
    const [first, second] = [openTab(), openTab()]
    await soon(() => expect(second.told).toEqual(['ready']))
    first.connection.state.value = 'unreachable'
    server.refuse(new HelixError('gateway_unreachable', 'away'))
    first.close()
    for (const name of ['a', 'b', 'c']) server.add(name)
    server.forgetUpTo(2)
    server.refuse(undefined)
    second.connection.state.value = 'unreachable'
    second.connection.state.value = 'online'
    await soon(() => expect(second.told).toEqual(['ready', 'reset']))
    server.add('d')
    await soon(() => expect(said(second)).toBe('reset d'))
    second.close()
  })

  test('asks again at once when the gateway is back', async () => {
    const server = startServer()
    const tab = tabsOf(server)()
    await soon(() => expect(tab.told).toEqual(['ready']))
    server.add('a')
    await soon(() => expect(said(tab)).toBe('a'))
    tab.connection.state.value = 'unreachable'
    tab.connection.state.value = 'online'
    await soon(() => expect(server.connections()).toBe(2))
    server.add('b')
    await soon(() => expect(said(tab)).toBe('a b'))
    tab.close()
  })

  test('makes a connection anew that may have slept, and loses nothing', async () => {
    const server = startServer()
    const tab = tabsOf(server)()
    await soon(() => expect(tab.told).toEqual(['ready']))
    const clock = vi.spyOn(Date, 'now')
    const now = Date.now()
    tab.presence.visible.value = false
    clock.mockReturnValue(now + 60_000)
    tab.presence.visible.value = true
    clock.mockRestore()
    await soon(() => expect(server.connections()).toBe(2))
    server.add('a')
    await soon(() => expect(said(tab)).toBe('a'))
    tab.close()
  })

  test('ends with the sign-in, and begins anew for somebody else', async () => {
    const server = startServer()
    const tab = tabsOf(server)()
    await soon(() => expect(tab.told).toEqual(['ready']))
    tab.session.state.value = 'signed-out'
    server.add('for nobody')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(tab.told).toEqual(['ready'])
    tab.session.state.value = { ...BEN, userId: newPerson() }
    await soon(() => expect(tab.told).toEqual(['ready', 'ready']))
    server.add('b')
    await soon(() => expect(said(tab)).toBe('b'))
    tab.close()
  })

  test('tells the other listeners when one throws', async () => {
    const server = startServer()
    const tab = tabsOf(server)()
    tab.feed.subscribe(() => {
      throw new Error('broken')
    })
    const after: string[] = []
    const stop = tab.feed.subscribe(({ event }) => after.push(event))
    await soon(() => expect(after).toEqual(['ready']))
    expect(tab.errors).toHaveLength(1)
    stop()
    server.add('a')
    await soon(() => expect(said(tab)).toBe('a'))
    expect(after).toEqual(['ready'])
    tab.close()
  })
})
