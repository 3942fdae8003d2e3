import type { Client } from '../../../../src/client/client.ts'
import { backOff, isPassing, retryAfter } from '../../../../src/client/retry.ts'
import type { StreamTarget } from '../../../../src/client/stream.ts'
import type { Message } from '../../../../src/contract/chat.ts'
import type { ReplyEvent } from '../../../../src/contract/events.ts'
import { HelixError } from '../../../../src/errors.ts'
import type { Asked, Start } from '../thread/stretch.ts'
import { type Growing, growReply, type LiveReply, type OnFrame } from './live-reply.ts'

/** What replies tell whoever shows their conversation. */
export type ReplyNews =
  /** One begun here. */
  | { news: 'began'; start: Start; asked: Asked }
  /** One that was followed has ended, `failure` saying by which code; without a message it is not there any more. */
  | { news: 'ended'; start: Start; message: Message | undefined; failure: string | undefined }

/** A turn to take in a conversation. */
type Turn = { sessionKey: string; model?: string } & Asked

/** The replies this page follows while they are written, of all conversations. */
export interface Replies {
  /**
   * Takes a turn and goes on following its reply; resolves once it is acknowledged.
   * @throws HelixError of the gateway's code
   */
  take(turn: Turn): Promise<Start>
  /** Follows a reply that was begun elsewhere, once. */
  attach(start: Start): LiveReply
  /** The reply that is written into a message, while it is. */
  of(messageId: string): LiveReply | undefined
  /** Whether a reply is being written in a conversation, as far as is known here. */
  isOpen(sessionKey: string): boolean
  /** Takes every connection up again: after sleep they look alive and are not. */
  reconnect(): void
  /**
   * Gives up every turn that is not acknowledged yet and every reply: whoever they belonged to has left, and no attempt
   * may be made with the token of who comes next.
   */
  leave(): void
  subscribe(listener: (news: ReplyNews) => void): () => void
}

interface RepliesDeps {
  client: Pick<Client, 'stream'>
  onFrame: OnFrame
}

interface Followed {
  reply: Growing
  /** Ends the present connection, to be followed by another. */
  again: AbortController
}

/** A connection that is being made, before it is known what comes over it. */
interface Connecting {
  again: AbortController
  reply?: Growing
}

type Events = AsyncIterator<ReplyEvent, void>

/** Makes the replies of one page. */
export function createReplies({ client, onFrame }: RepliesDeps): Replies {
  const followed = new Map<string, Followed>()
  const listeners = new Set<(news: ReplyNews) => void>()
  let present = new AbortController()

  function tell(news: ReplyNews): void {
    for (const listener of [...listeners]) listener(news)
  }

  function begin(start: Start, connecting: Connecting, events: Events): Growing {
    const one = Object.assign(connecting, { reply: growReply(start, onFrame) })
    followed.set(start.generationId, one)
    void follow(one, events)
    return one.reply
  }

  /** Follows to the end, over as many connections as that takes. */
  async function follow(one: Followed, first: Events): Promise<void> {
    const { reply } = one
    const { signal } = present
    let events = first
    for (let attempt = 1; ; attempt += 1) {
      const before = reply.seq
      const outcome = await readAll(one, events)
      if (signal.aborted) return reply.end()
      if (outcome.ended) {
        followed.delete(reply.start.generationId)
        reply.end()
        tell({ news: 'ended', start: reply.start, message: outcome.message, failure: outcome.failure })
        return
      }
      reply.lost()
      if (reply.seq > before) attempt = 1
      if (!one.again.signal.aborted) await backOff(attempt, one.again.signal, outcome.waitMs).catch(() => {})
      if (signal.aborted) return reply.end()
      if (one.again.signal.aborted) one.again = new AbortController()
      events = open(one, reply.start.generationId, reply.seq)
    }
  }

  async function readAll(one: Followed, events: Events): Promise<Outcome> {
    try {
      for (let next = await events.next(); !next.done; next = await events.next()) {
        const message = one.reply.take(next.value)
        const failure = next.value.event === 'error' ? next.value.data.code : undefined
        if (message) return { ended: true, message, failure }
      }
      return { ended: false, waitMs: 0 }
    } catch (error) {
      return outcomeOf(error, one.again.signal)
    }
  }

  function open(connecting: Connecting, generationId: string, lastEventId: number): Events {
    return stream(connecting, { generationId, ...(lastEventId > 0 ? { lastEventId } : {}) })
  }

  function stream(connecting: Connecting, target: StreamTarget): Events {
    const onReconnect = () => connecting.reply?.lost()
    const signal = AbortSignal.any([connecting.again.signal, present.signal])
    return client.stream(target, { signal, onReconnect })
  }

  return {
    async take(turn) {
      const connecting = { again: new AbortController() }
      const { signal } = present
      const events = stream(connecting, toTarget(turn))
      const start = await firstOf(events)
      signal.throwIfAborted()
      if (followed.has(start.generationId)) connecting.again.abort()
      else begin(start, connecting, events)
      tell({ news: 'began', start, asked: turn })
      return start
    },
    attach(start) {
      const known = followed.get(start.generationId)
      if (known) return known.reply
      const connecting = { again: new AbortController() }
      return begin(start, connecting, open(connecting, start.generationId, 0))
    },
    of(messageId) {
      return [...followed.values()].find(({ reply }) => reply.start.messageId === messageId)?.reply
    },
    isOpen(sessionKey) {
      return [...followed.values()].some(({ reply }) => reply.start.sessionKey === sessionKey)
    },
    reconnect() {
      for (const { again } of followed.values()) again.abort()
    },
    leave() {
      present.abort(new DOMException('Signed out', 'AbortError'))
      present = new AbortController()
      followed.clear()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

type Outcome =
  | { ended: true; message: Message | undefined; failure: string | undefined }
  | { ended: false; waitMs: number }

/** A refusal ends it; a lost connection, and one that was given up on purpose, do not. */
function outcomeOf(error: unknown, again: AbortSignal): Outcome {
  const isRefusal = error instanceof HelixError && !isPassing(error) && retryAfter(error) === undefined
  if (!again.aborted && (isRefusal || error instanceof SyntaxError))
    return { ended: true, message: undefined, failure: isRefusal ? error.code : undefined }
  return { ended: false, waitMs: retryAfter(error) ?? 0 }
}

function toTarget({ sessionKey, model, ...asked }: Turn): StreamTarget {
  if (asked.kind === 'regenerate') return { sessionKey, regenerate: { messageId: asked.messageId } }
  if (asked.kind === 'edit') {
    return { sessionKey, edit: { messageId: asked.messageId, message: asked.content } }
  }
  return {
    sessionKey,
    message: asked.content,
    clientMessageId: asked.clientMessageId,
    ...(model === undefined ? {} : { model }),
    ...(asked.writtenAt === undefined ? {} : { writtenAt: asked.writtenAt }),
  }
}

/** Waits for the acknowledgement. A turn taken before may answer with its end only when asked from the beginning. */
async function firstOf(events: Events): Promise<Start> {
  for (let next = await events.next(); !next.done; next = await events.next()) {
    if (next.value.event === 'start') return next.value.data
  }
  throw new HelixError('gateway_unreachable', 'The gateway hung up before it acknowledged the message')
}
