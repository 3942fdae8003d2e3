import type { EditRequest, RegenerateRequest, SendRequest } from '../contract/chat.ts'
import type { ReplyEvent } from '../contract/events.ts'
import { HelixError } from '../errors.ts'
import { conversationPath } from './conversations.ts'
import { unreachable } from './failure.ts'
import type { Http } from './http.ts'
import { backOff, isPassing, LONGEST_WAIT_MS, nobodyThere, retryAfter } from './retry.ts'
import { readEvents, SILENCE_MS } from './sse.ts'

const KNOWN = new Set<ReplyEvent['event']>(['start', 'delta', 'snapshot', 'done', 'error', 'draining'])
/** Attempts in a row that bring nothing new: about half a minute. */
const ATTEMPTS = 8
/** Attempts before the gateway has answered once. */
const FIRST_ATTEMPTS = 3

/** A turn to take: a message to send, or one of a conversation to reword or to have again. */
type TurnTarget =
  | SendRequest
  | { edit: EditRequest; sessionKey: string }
  | { regenerate: RegenerateRequest; sessionKey: string }

/** What to stream: a turn, or a reply to attach to (from its beginning, or after `lastEventId`). */
export type StreamTarget = TurnTarget | { generationId: string; lastEventId?: number }

/** The request that takes a turn; sent again, it attaches to the reply it began. */
interface TurnCall {
  path: string
  body: { clientMessageId: string }
}

export interface StreamOptions {
  /** Ends the iteration by throwing its reason. It does not stop the reply; `stop` does. */
  signal?: AbortSignal
  /** Called before each new attempt, with its number from 1. */
  onReconnect?: (attempt: number) => void
  /** Longest silence before a connection counts as lost, in ms; 45 s unless told. */
  silenceMs?: number
}

interface Progress {
  generationId: string | undefined
  seq: number
  /** What the reader has been given so far; unknown when it began elsewhere. */
  text: string | undefined
  attempts: number
  waitMs: number
}

/**
 * Yields the events of one reply until `done` or `error`, across lost connections: text comes exactly once and
 * in order. A `snapshot` is yielded only where what was shown before must be replaced.
 * @throws HelixError of the gateway's code, or `gateway_unreachable` once attempts are used up.
 */
export async function* streamReply(
  http: Http,
  target: StreamTarget,
  options: StreamOptions = {},
): AsyncGenerator<ReplyEvent, void> {
  const send = 'generationId' in target ? undefined : turnCall(target)
  const progress = progressOf(target)
  while (true) {
    let cause: unknown
    try {
      const body = await connect(http, send, progress, options.signal)
      for await (const event of readEvents<ReplyEvent>(body, KNOWN, options.silenceMs ?? SILENCE_MS)) {
        const news = advance(progress, event)
        if (news) yield news
        if (event.event === 'done' || event.event === 'error') return
      }
    } catch (error) {
      options.signal?.throwIfAborted()
      if (isFinal(error, progress)) throw error
      progress.waitMs = retryAfter(error) ?? progress.waitMs
      cause = error
    }
    progress.attempts += 1
    if (progress.attempts >= ATTEMPTS) throw unreachable(http.url, cause)
    options.onReconnect?.(progress.attempts)
    await backOff(progress.attempts, options.signal, progress.waitMs)
  }
}

function progressOf(target: StreamTarget): Progress {
  const start = { attempts: 0, waitMs: 0 }
  if (!('generationId' in target)) return { ...start, generationId: undefined, seq: 0, text: '' }
  const seq = target.lastEventId ?? 0
  return { ...start, generationId: target.generationId, seq, text: seq === 0 ? '' : undefined }
}

function turnCall(target: TurnTarget): TurnCall {
  const [path, request] =
    'edit' in target
      ? [`${conversationPath(target.sessionKey)}/edit`, target.edit]
      : 'regenerate' in target
        ? [`${conversationPath(target.sessionKey)}/regenerate`, target.regenerate]
        : ['/api/chat/message', target]
  return { path, body: { ...request, clientMessageId: request.clientMessageId ?? crypto.randomUUID() } }
}

// The same message sent again attaches to the reply it began, so a lost first answer costs nothing.
async function connect(
  http: Http,
  send: TurnCall | undefined,
  { generationId, seq }: Progress,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const headers: Record<string, string> = { accept: 'text/event-stream' }
  if (generationId !== undefined && seq > 0) headers['last-event-id'] = String(seq)
  const response =
    generationId === undefined && send
      ? await http.open(send.path, { method: 'POST', body: send.body, headers, signal })
      : await http.open(`/api/generations/${encodeURIComponent(generationId ?? '')}/events`, {
          headers,
          signal,
        })
  if (!response.body) throw unreachable(http.url, undefined)
  return response.body
}

function isFinal(error: unknown, progress: Progress): boolean {
  if (error instanceof SyntaxError) return true
  // Anything else that is not a HelixError broke the connection while it was read.
  if (!(error instanceof HelixError)) return false
  if (!isPassing(error)) return true
  return progress.seq === 0 && (nobodyThere(error) || progress.attempts + 1 >= FIRST_ATTEMPTS)
}

// What of `event` is new to the reader, given what was seen before.
function advance(progress: Progress, event: ReplyEvent): ReplyEvent | undefined {
  if (event.event === 'draining') {
    progress.waitMs = Math.min(event.data.retryAfterMs, LONGEST_WAIT_MS)
    return event
  }
  progress.waitMs = 0
  if (event.event === 'snapshot') return fromSnapshot(progress, event)
  const isLast = event.event === 'done' || event.event === 'error'
  if (event.seq <= progress.seq && !isLast) return undefined
  progress.attempts = 0
  progress.seq = event.seq
  if (event.event === 'start') progress.generationId = event.data.generationId
  if (event.event === 'delta' && progress.text !== undefined) progress.text += event.data.text
  return event
}

// A snapshot that continues what was shown is only its missing end; anything else replaces it.
function fromSnapshot(
  progress: Progress,
  snapshot: Extract<ReplyEvent, { event: 'snapshot' }>,
): ReplyEvent | undefined {
  const { text, seq, message } = snapshot.data
  const shown = progress.text
  const isFirst = progress.seq === 0
  progress.generationId ??= message.generationId ?? undefined
  progress.attempts = 0
  progress.text = text
  progress.seq = Math.max(progress.seq, seq)
  if (isFirst || shown === undefined || !text.startsWith(shown)) return snapshot
  if (text.length === shown.length) return undefined
  return { event: 'delta', seq, data: { text: text.slice(shown.length) } }
}
