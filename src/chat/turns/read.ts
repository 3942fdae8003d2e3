import type { ReplyEvent } from '../../contract/events.ts'
import type { Database } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import type { Messages } from '../messages.ts'
import type { LiveReply } from './live.ts'
import {
  deltasAfter,
  findReply,
  generationNotFound,
  type StoredReply,
  startOf,
  terminalOf,
} from './stored.ts'
import type { Wakeups } from './wakeups.ts'

interface ReadDeps {
  db: Database
  messages: Messages
  live: ReadonlyMap<string, LiveReply>
  wakeups: Wakeups
}

/** Where a reader stands: at the beginning, knowing nothing, or after an event it has. */
export type Place = 'start' | 'unknown' | number

/** Makes `read`: a reply's events for its owner, from memory while it is made here, else from the database. */
export function createReader(deps: ReadDeps) {
  /**
   * Resolves once the reply is found, to its events up to the terminal one.
   * @throws HelixError `generation_not_found`, `not_resumable`
   */
  return async function read(
    userId: string,
    generationId: string,
    place: Place,
    signal?: AbortSignal,
  ): Promise<AsyncGenerator<ReplyEvent, void>> {
    const live = deps.live.get(generationId)
    if (live) {
      if (live.userId !== userId) throw generationNotFound(generationId)
      return followLive(deps, live, place, signal)
    }
    return followStored(deps, await findReply(deps.db, userId, generationId), place, signal)
  }
}

async function* followLive(
  deps: ReadDeps,
  live: LiveReply,
  place: Place,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReplyEvent, void> {
  let seq = typeof place === 'number' && place >= 1 && place <= live.seq ? place : 0
  if (place === 'start') {
    yield live.start
    seq = 1
  }
  if (seq === 0) {
    const snapshot = await liveSnapshot(deps, live)
    yield snapshot
    seq = snapshot.seq
  }
  let warned = false
  while (!signal?.aborted) {
    while (seq < live.seq) {
      seq += 1
      yield { event: 'delta', seq, data: { text: live.deltas[seq - 2] ?? '' } }
    }
    if (live.terminal) return yield live.terminal
    if (live.abandoned) return yield* followElsewhere(deps, live, seq, signal)
    if (live.draining && !warned) {
      warned = true
      yield { event: 'draining', data: live.draining }
    }
    if (seq === live.seq && !live.terminal && !live.abandoned) await live.changed(signal)
  }
}

/** The reply went to another instance: the reader goes on from the database, or starts over if it knew more. */
async function* followElsewhere(
  deps: ReadDeps,
  live: LiveReply,
  seq: number,
  signal: AbortSignal | undefined,
) {
  yield* followStored(deps, await findReply(deps.db, live.userId, live.generationId), seq, signal)
}

async function liveSnapshot(
  { messages }: ReadDeps,
  live: LiveReply,
): Promise<Extract<ReplyEvent, { event: 'snapshot' }>> {
  const { sessionKey, messageId } = live.start.data
  const message = await messages.find(live.userId, sessionKey, messageId)
  if (!message) throw new HelixError('not_resumable', `The message of reply ${live.generationId} is gone`)
  const { text, seq } = live
  const shown = { ...message, content: text, status: 'streaming' as const }
  return { event: 'snapshot', seq, data: { text, seq, message: shown } }
}

async function* followStored(
  deps: ReadDeps,
  found: StoredReply,
  place: Place,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReplyEvent, void> {
  let reply = found
  let seq = 0
  if (place === 'start') {
    yield startOf(reply)
    seq = 1
  } else {
    const stored = await deltasAfter(deps.db, reply.id, 1)
    const last = stored.at(-1)?.seq ?? 1
    if (typeof place === 'number' && place === reply.terminal_seq) return
    if (typeof place === 'number' && place >= 1 && place <= last) {
      seq = place
    } else {
      yield await storedSnapshot(deps, reply, stored.map(({ data }) => data.text).join(''), last)
      seq = last
    }
  }
  while (!signal?.aborted) {
    for (const delta of await deltasAfter(deps.db, reply.id, seq)) {
      yield delta
      seq = delta.seq
    }
    const terminal = await terminalOf(deps.messages, reply)
    if (terminal) return yield terminal
    await deps.wakeups.next(reply.id, signal)
    // State before deltas: a reply seen as finished has all its deltas stored by then.
    reply = await findReply(deps.db, reply.user_id, reply.id)
  }
}

async function storedSnapshot(
  { messages }: ReadDeps,
  reply: StoredReply,
  streamed: string,
  seq: number,
): Promise<Extract<ReplyEvent, { event: 'snapshot' }>> {
  const message = await messages.find(reply.user_id, reply.session_key, reply.message_id)
  if (!message) throw new HelixError('not_resumable', `The message of reply ${reply.id} is gone`)
  const text = reply.terminal_seq === null ? streamed : message.content
  return { event: 'snapshot', seq, data: { text, seq, message: { ...message, content: text } } }
}
