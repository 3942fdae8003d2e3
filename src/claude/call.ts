import { HelixError } from '../errors.ts'
import type { ClaudeEvent, ClaudeMeter } from './claude.ts'
import { type CallFailure, callFailure, wireId } from './failure.ts'
import { Reply } from './reply.ts'
import { type ReplyTimeouts, type StallWatch, watchForStall } from './stall.ts'
import { stopped } from './stopped.ts'

/** How long a complete reply may take to close its connection, which is then used again. */
const DRAIN_MS = 1_000

/** One attempt at a reply. */
export interface Call {
  /** Waits for the answer to begin; a failure is returned, since another attempt may follow it. */
  open(): Promise<CallFailure | null>
  /** Yields the reply, ending with `end`. @throws HelixError as {@link Claude.stream} does. */
  read(): AsyncGenerator<ClaudeEvent, void>
  /** Ends the attempt: what has not arrived is cancelled upstream at once. */
  close(): void
}

interface CallContext {
  meter: ClaudeMeter
  signal: AbortSignal
  timeouts: ReplyTimeouts
}

/** Sends with `send` and follows what comes back until it is complete, stalls or is stopped by `signal`. */
export function startCall(
  send: (signal: AbortSignal) => Promise<Response>,
  { meter, signal, timeouts }: CallContext,
): Call {
  const own = new AbortController()
  const abort = () => own.abort()
  signal.addEventListener('abort', abort, { once: true })
  let stalled: HelixError | null = null
  const watch = watchForStall(timeouts, (error) => {
    stalled = error
    abort()
  })
  const answer = send(own.signal)
  // The reader may leave before it waits for the answer; what it left is then no unhandled rejection.
  answer.then(watch.pause, watch.stop)
  const reading: Reading = { reply: new Reply(meter), meter, watch, explain, chunks: null }

  function explain(thrown: unknown): CallFailure {
    if (signal.aborted) return { error: stopped(), retryable: false, retryAfterMs: null }
    if (stalled) return { error: stalled, retryable: false, retryAfterMs: null }
    return callFailure(thrown)
  }

  return {
    async open() {
      try {
        const { headers, body } = await answer
        meter.requestId = wireId(headers.get('request-id'))
        reading.chunks = body?.[Symbol.asyncIterator]() ?? null
        return null
      } catch (thrown) {
        const failure = explain(thrown)
        meter.requestId = wireId(failure.error.details?.requestId) ?? meter.requestId
        return failure
      }
    },
    read: () => readReply(reading),
    close() {
      watch.stop()
      signal.removeEventListener('abort', abort)
      if (reading.chunks && reading.reply.stopReason !== null) drain(reading.chunks, abort)
      else abort()
    },
  }
}

interface Reading {
  reply: Reply
  meter: ClaudeMeter
  watch: StallWatch
  explain(thrown: unknown): CallFailure
  /** The body, once the answer has begun. */
  chunks: AsyncIterator<Uint8Array> | null
}

async function* readReply({
  reply,
  meter,
  watch,
  explain,
  chunks,
}: Reading): AsyncGenerator<ClaudeEvent, void> {
  let progress = false
  while (reply.stopReason === null) {
    watch.heard(progress)
    const chunk = await chunks?.next().catch((thrown: unknown) => {
      throw explain(thrown).error
    })
    if (!chunk || chunk.done) throw endedEarly()
    watch.pause()
    progress = reply.feed(chunk.value)
    const text = reply.takeText()
    if (text !== '') yield { type: 'delta', text }
    if (reply.failure) throw reply.failure
  }
  yield { type: 'end', stopReason: reply.stopReason, requestId: meter.requestId }
}

function endedEarly(): HelixError {
  return new HelixError('upstream_failed', "Claude's reply ended before it was complete", {
    hint: 'Try again.',
  })
}

/** Reads what follows a complete reply, so that its connection can serve the next one. */
async function drain(chunks: AsyncIterator<Uint8Array>, abort: () => void): Promise<void> {
  const timer = setTimeout(abort, DRAIN_MS)
  try {
    while (!(await chunks.next()).done);
  } catch {
    // The reply is complete; how its connection ends concerns nobody.
  } finally {
    clearTimeout(timer)
  }
}
