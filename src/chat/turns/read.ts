import type { ReplyEvent } from '../../contract/events.ts'
import { HelixError } from '../../errors.ts'
import { type FollowDeps, followStored, type Place } from './follow-stored.ts'
import { type LiveReply, RETRY_AFTER_MS } from './live.ts'
import { findReply, generationNotFound } from './stored.ts'

interface ReadDeps extends FollowDeps {
  live: ReadonlyMap<string, LiveReply>
}

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
    if (live && live.userId !== userId) throw generationNotFound(generationId)
    if (live && place === 'start') return followLive(deps, live, place, signal)
    const stored = await findReply(deps.db, userId, generationId)
    if (live) return followLive(deps, live, place, signal)
    return followStored(deps, stored, place, signal)
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
  signal?.addEventListener('abort', () => live.wake(), { once: true })
  let warned = false
  while (!signal?.aborted) {
    while (seq < live.seq) {
      seq += 1
      yield { event: 'delta', seq, data: { text: live.deltas[seq - 2] ?? '' } }
    }
    if (live.terminal) return yield live.terminal
    // The reply went to another instance: go on from the database, or start over for who knew more.
    if (live.abandoned) {
      const stored = await findReply(deps.db, live.userId, live.generationId)
      return yield* followStored(deps, stored, seq, signal)
    }
    if (deps.leaving.aborted && !warned) {
      warned = true
      yield { event: 'draining', data: { retryAfterMs: RETRY_AFTER_MS } }
    }
    if (seq === live.seq && !live.terminal && !live.abandoned) await live.changed()
  }
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
