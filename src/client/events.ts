import type { FeedEvent } from '../contract/feed.ts'
import { HelixError } from '../errors.ts'
import { unreachable } from './failure.ts'
import type { Http } from './http.ts'
import { backOff, isPassing, LONGEST_WAIT_MS, nobodyThere, retryAfter } from './retry.ts'
import { readEvents, SILENCE_MS } from './sse.ts'

const KNOWN = new Set<FeedEvent['event']>([
  'ready',
  'reset',
  'conversation.created',
  'conversation.renamed',
  'conversation.switched',
  'conversation.deleted',
  'message.added',
  'reply.started',
  'reply.finished',
  'profile.changed',
  'draining',
])

/** Attempts before the gateway has answered once. */
const FIRST_ATTEMPTS = 3

export interface FollowOptions {
  /** The number of the last event the reader has; without it the feed begins with what comes next. */
  lastEventId?: number
  /** Ends the iteration by throwing its reason. */
  signal?: AbortSignal
  /** Called before each new attempt, with its number from 1. */
  onReconnect?: (attempt: number) => void
  /** Longest silence before a connection counts as lost, in ms; 45 s unless told. */
  silenceMs?: number
}

interface Place {
  seq: number | undefined
  attempts: number
  waitMs: number
}

/**
 * Yields what changes for the person, `ready` or `reset` first, across lost connections and gateways: every event once
 * and in order, for as long as the iteration goes on. `reset` says that events are missing: read everything anew.
 * @throws HelixError when the gateway refuses, or `gateway_unreachable` when nobody was there from the start
 */
export async function* followFeed(http: Http, options: FollowOptions = {}): AsyncGenerator<FeedEvent, void> {
  const place: Place = { seq: options.lastEventId, attempts: 0, waitMs: 0 }
  let begun = false
  while (true) {
    try {
      const body = await connect(http, place.seq, options.signal)
      for await (const event of readEvents<FeedEvent>(body, KNOWN, options.silenceMs ?? SILENCE_MS)) {
        if (isNews(place, event, begun)) yield event
        begun = true
      }
    } catch (error) {
      options.signal?.throwIfAborted()
      const hopeless = nobodyThere(error) || place.attempts + 1 >= FIRST_ATTEMPTS
      if (isFinal(error) || (!begun && hopeless)) throw error
      place.waitMs = retryAfter(error) ?? place.waitMs
    }
    place.attempts += 1
    options.onReconnect?.(place.attempts)
    await backOff(place.attempts, options.signal, place.waitMs)
  }
}

async function connect(
  http: Http,
  seq: number | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const headers: Record<string, string> = { accept: 'text/event-stream' }
  if (seq !== undefined) headers['last-event-id'] = String(seq)
  const { body } = await http.open('/api/events', { headers, signal })
  if (!body) throw unreachable(http.url, undefined)
  return body
}

/** Moves the place on; what was seen, and the `ready` of a later connection, is no news. */
function isNews(place: Place, event: FeedEvent, begun: boolean): boolean {
  if (event.event === 'draining') {
    place.waitMs = Math.min(event.data.retryAfterMs, LONGEST_WAIT_MS)
    return true
  }
  place.attempts = 0
  place.waitMs = 0
  if (event.event === 'ready') {
    place.seq ??= event.seq
    return !begun
  }
  if (event.event !== 'reset' && event.seq <= (place.seq ?? 0)) return false
  place.seq = event.seq
  return true
}

/** Anything that is not a HelixError broke the connection while it was read; one that says when to come back may pass. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof HelixError)) return error instanceof SyntaxError
  return !isPassing(error) && retryAfter(error) === undefined
}
