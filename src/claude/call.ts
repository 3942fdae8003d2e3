import { HelixError } from '../errors.ts'
import type { ClaudeEvent, ClaudeMeter } from './claude.ts'
import { type CallFailure, callFailure, wireId } from './failure.ts'
import { createReply } from './reply.ts'
import { type ReplyTimeouts, watchForStall } from './stall.ts'
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
  let rest: AsyncIterator<Uint8Array> | null = null

  function explain(thrown: unknown): CallFailure {
    if (signal.aborted) return { error: stopped(), retryable: false, retryAfterMs: null }
    if (stalled) return { error: stalled, retryable: false, retryAfterMs: null }
    return callFailure(thrown)
  }

  return {
    async open() {
      try {
        meter.requestId = wireId((await answer).headers.get('request-id'))
        return null
      } catch (thrown) {
        const failure = explain(thrown)
        meter.requestId = wireId(failure.error.details?.requestId) ?? meter.requestId
        return failure
      }
    },
    async *read() {
      const reply = createReply(meter)
      const chunks = chunksOf(await answer)
      watch.heard(false)
      for (;;) {
        const { done, value } = await chunks.next().catch((thrown: unknown) => {
          throw explain(thrown).error
        })
        if (done) throw endedEarly()
        watch.pause()
        const progress = reply.feed(value)
        const text = reply.takeText()
        if (text !== '') yield { type: 'delta', text }
        if (reply.failure) throw reply.failure
        if (reply.stopReason !== null) {
          rest = chunks
          yield { type: 'end', stopReason: reply.stopReason, requestId: meter.requestId }
          return
        }
        watch.heard(progress)
      }
    },
    close() {
      watch.stop()
      signal.removeEventListener('abort', abort)
      if (rest) drain(rest, abort)
      else abort()
    },
  }
}

function endedEarly(): HelixError {
  return new HelixError('upstream_failed', "Claude's reply ended before it was complete", {
    hint: 'Try again.',
  })
}

function chunksOf({ body }: Response): AsyncIterator<Uint8Array> {
  if (!body) throw endedEarly()
  return body[Symbol.asyncIterator]()
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
