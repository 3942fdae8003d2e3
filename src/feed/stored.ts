import type { FeedEvent } from '../contract/feed.ts'
import type { Database, Row } from '../db/database.ts'

/** An event that is stored, and so has a number. */
export type NumberedEvent = Extract<FeedEvent, { seq: number }>

interface EventRow extends Row {
  seq: number
  at: Date
  event: string
  session_key: string | null
  data: Record<string, unknown>
}

/** What a feed holds: the last number given out, and the oldest that is kept, null when none is. */
export interface Range {
  head: number
  oldest: number | null
}

export async function rangeOf(db: Database, userId: string): Promise<Range> {
  const [range] = await db.query<Range & Row>('select * from helix.event_range($1)', [userId])
  return range ?? { head: 0, oldest: null }
}

/** A person's events after `seq`, oldest first, seen through row-level security. */
export async function eventsAfter(
  db: Database,
  userId: string,
  seq: number,
  most: number,
): Promise<NumberedEvent[]> {
  const rows = await db.query<EventRow>('select * from helix.read_events($1, $2, $3)', [userId, seq, most])
  return rows.map(toEvent)
}

/** The same for many people at once, each after the number given for them. */
export async function feedsAfter(
  db: Database,
  places: ReadonlyMap<string, number>,
  most: number,
): Promise<Map<string, NumberedEvent[]>> {
  const rows = await db.query<EventRow & { user_id: string }>('select * from helix.read_feeds($1, $2, $3)', [
    [...places.keys()],
    [...places.values()],
    most,
  ])
  const feeds = new Map<string, NumberedEvent[]>()
  for (const row of rows) {
    const feed = feeds.get(row.user_id)
    if (feed) feed.push(toEvent(row))
    else feeds.set(row.user_id, [toEvent(row)])
  }
  return feeds
}

/** The last number of each person's feed. */
export async function headsOf(db: Database, people: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.query<{ user_id: string; event_seq: number }>(
    'select user_id, event_seq from public.user_profiles where user_id = any($1::uuid[])',
    [people],
  )
  return new Map(rows.map(({ user_id, event_seq }) => [user_id, event_seq]))
}

function toEvent({ seq, at, event, session_key, data }: EventRow): NumberedEvent {
  const about = session_key === null ? {} : { sessionKey: session_key }
  // Written by the migrations' own functions, so the shape is taken at its word.
  return { event, seq, data: { ...about, at: at.toISOString(), ...data } } as NumberedEvent
}
