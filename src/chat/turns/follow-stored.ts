import type { ReplyEvent } from '../../contract/events.ts'
import type { Database } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import type { Messages } from '../messages.ts'
import { RETRY_AFTER_MS } from './live.ts'
import { deltasAfter, findReply, type StoredReply, startOf, terminalOf } from './stored.ts'
import type { Wakeups } from './wakeups.ts'

export interface FollowDeps {
  db: Database
  messages: Messages
  wakeups: Wakeups
  /** Aborts when this process is about to leave. */
  leaving: AbortSignal
}

/** Where a reader stands: at the beginning, knowing nothing, or after an event it has. */
export type Place = 'start' | 'unknown' | number

/**
 * Follows a reply through the database: a finished one, or one that another instance makes. Waits for more until
 * the reader goes away; a process that is leaving says so and ends the stream.
 */
export async function* followStored(
  deps: FollowDeps,
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
  const ends = signal ? AbortSignal.any([signal, deps.leaving]) : deps.leaving
  while (!signal?.aborted) {
    // What comes after this is not missed, however long the reading takes.
    const more = deps.wakeups.next(reply.id, ends)
    for (const delta of await deltasAfter(deps.db, reply.id, seq)) {
      yield delta
      seq = delta.seq
    }
    const terminal = await terminalOf(deps.messages, reply)
    if (terminal) return yield terminal
    if (deps.leaving.aborted) return yield { event: 'draining', data: { retryAfterMs: RETRY_AFTER_MS } }
    await more
    // State before deltas: a reply seen as finished has all its deltas stored by then.
    reply = await findReply(deps.db, reply.user_id, reply.id)
  }
}

async function storedSnapshot(
  { messages }: FollowDeps,
  reply: StoredReply,
  streamed: string,
  seq: number,
): Promise<Extract<ReplyEvent, { event: 'snapshot' }>> {
  const message = await messages.find(reply.user_id, reply.session_key, reply.message_id)
  if (!message) throw new HelixError('not_resumable', `The message of reply ${reply.id} is gone`)
  const text = reply.terminal_seq === null ? streamed : message.content
  return { event: 'snapshot', seq, data: { text, seq, message: { ...message, content: text } } }
}
