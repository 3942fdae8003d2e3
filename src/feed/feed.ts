import type { FeedEvent } from '../contract/feed.ts'
import type { Database } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import { createAnnouncer } from './announcer.ts'
import { Channel } from './channel.ts'
import { eventsAfter, feedsAfter, headsOf, type Range, rangeOf } from './stored.ts'

/** How often feeds are looked at without having been told to, in ms: what a lost NOTIFY costs. */
const LOOK_ANYWAY_MS = 1_000
/** Events read at once for one person. */
const PAGE = 200
/** How long a reader is told to wait before it connects again, once this process is leaving, in ms. */
const RETRY_AFTER_MS = 2_000

interface FeedDeps {
  db: Database
  instance: string
  /** Told of what went wrong in the background, once an outage. */
  onError: (error: unknown) => void
}

export type Feed = Awaited<ReturnType<typeof createFeed>>

/**
 * The live feed: every change is an event in the database, and every open stream is a reader of those. One look serves
 * all readers of this process; NOTIFY says when, and a look a second makes up for one that was lost.
 */
export async function createFeed({ db, instance, onError }: FeedDeps) {
  const channels = new Map<string, Channel>()
  const dirty = new Set<string>()
  const leaving = new AbortController()
  let away = new AbortController()
  let looking: Promise<void> | undefined
  let lookingAnyway = false
  let failing = false

  const shared = db.engine === 'postgres'
  const announcer = await createAnnouncer({
    db,
    instance,
    shared,
    onNews: (people) => news(people ?? channels.keys()),
  })
  const timer = setInterval(() => {
    if (channels.size > 0 && !lookingAnyway) void attempt(lookAnyway)
  }, LOOK_ANYWAY_MS)
  timer.unref()

  function news(people: Iterable<string>): void {
    for (const userId of people) if (channels.has(userId)) dirty.add(userId)
    if (dirty.size > 0 && !looking) {
      looking = attempt(look).finally(() => {
        looking = undefined
      })
    }
  }

  /** What fails is made up for by the next look; one outage is told once. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      failing = false
    } catch (error) {
      if (!failing && !leaving.signal.aborted) onError(error)
      failing = true
    }
  }

  /** One look at a time; whoever has news meanwhile is in the next. */
  async function look(): Promise<void> {
    while (dirty.size > 0) {
      const places = new Map<string, number>()
      for (const userId of dirty) {
        const head = channels.get(userId)?.head
        if (head !== undefined) places.set(userId, head)
      }
      dirty.clear()
      if (places.size === 0) return
      for (const [userId, events] of await feedsAfter(db, places, PAGE)) {
        channels.get(userId)?.take(events)
        if (events.length === PAGE) dirty.add(userId)
      }
    }
  }

  async function lookAnyway(): Promise<void> {
    lookingAnyway = true
    const heads = await headsOf(db, [...channels.keys()]).finally(() => {
      lookingAnyway = false
    })
    news([...heads].filter(([userId, head]) => head > (channels.get(userId)?.head ?? head)).map(([id]) => id))
  }

  function join(userId: string): Channel {
    const channel = channels.get(userId) ?? new Channel()
    channels.set(userId, channel)
    channel.readers += 1
    return channel
  }

  function leave(userId: string, channel: Channel): void {
    channel.readers -= 1
    if (channel.readers === 0 && channels.get(userId) === channel) channels.delete(userId)
  }

  async function* read(
    userId: string,
    channel: Channel,
    begin: Beginning,
    signal: AbortSignal,
    sentAway: AbortSignal,
  ): AsyncGenerator<FeedEvent, void> {
    const ends = AbortSignal.any([signal, leaving.signal, sentAway])
    let { seq } = begin
    try {
      yield begin.event
      while (!ends.aborted) {
        const next = channel.after(seq) ?? (await eventsAfter(db, userId, seq, PAGE))
        const head = channel.head ?? seq
        if (next[0]?.seq === seq + 1) {
          for (const event of next) {
            if (event.seq !== seq + 1) break
            seq = event.seq
            yield event
          }
        } else if (seq < head) {
          // What was there has been deleted since: it was older than a day before this reader came to it.
          seq = head
          yield { event: 'reset', seq, data: { seq } }
        } else await channel.changed(ends)
      }
      if (!signal.aborted) yield { event: 'draining', data: { retryAfterMs: RETRY_AFTER_MS } }
    } finally {
      leave(userId, channel)
    }
  }

  return {
    /**
     * A person's events after `cursor` as they come, `ready` or `reset` first; without a cursor, what comes next.
     * @param cursor the last number the reader has; null when it has one that no feed gave out
     * @throws HelixError `draining` when this process is about to stop
     */
    async follow(
      userId: string,
      cursor: number | null | undefined,
      signal: AbortSignal,
    ): Promise<AsyncGenerator<FeedEvent, void>> {
      if (leaving.signal.aborted) throw drainingError()
      const channel = join(userId)
      const sentAway = away.signal
      try {
        const range = await rangeOf(db, userId)
        channel.reach(range.head)
        return read(userId, channel, beginning(range, cursor), signal, sentAway)
      } catch (error) {
        leave(userId, channel)
        throw error
      }
    },

    /** Says that something was committed for a person: readers here look at once, others are told. */
    changed(userId: string): void {
      news([userId])
      announcer.announce(userId)
    },

    /** How many streams are open here. */
    open: () => [...channels.values()].reduce((total, { readers }) => total + readers, 0),

    /** Ends every stream, with a word of warning; readers go on at another gateway. */
    drain(): void {
      leaving.abort()
    },

    /** Ends every stream the same way, and takes new ones: readers come back and are told what holds by then. */
    sendAway(): void {
      away.abort()
      away = new AbortController()
    },

    async close(): Promise<void> {
      leaving.abort()
      clearInterval(timer)
      await looking
      await announcer.close()
    },
  }
}

interface Beginning {
  seq: number
  event: FeedEvent
}

/** Where a reader begins: at its cursor while everything after that is kept, else anew from the present. */
function beginning({ head, oldest }: Range, cursor: number | null | undefined): Beginning {
  const from = cursor === undefined ? head : cursor
  const kept = from !== null && (from === head || (from < head && oldest !== null && oldest <= from + 1))
  if (kept) return { seq: from, event: { event: 'ready', seq: from, data: { seq: head } } }
  return { seq: head, event: { event: 'reset', seq: head, data: { seq: head } } }
}

function drainingError(): HelixError {
  return new HelixError('draining', 'This gateway is about to stop and opens no new streams', {
    hint: 'Connect again in a few seconds.',
    details: { retryAfterMs: RETRY_AFTER_MS },
  })
}
