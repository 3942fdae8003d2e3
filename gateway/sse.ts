const PING_MS = 15_000
const PING = ': ping\n\n'
const ACCESS_LOST = ': your access has ended\n\n'
/** Bytes a reader may be behind before its stream waits for it; the reply itself never waits. */
const HIGH_WATER_BYTES = 64 * 1024

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
}

/** An event on its way out; `seq` becomes its id. */
interface ServerEvent {
  event: string
  seq?: number
  data: unknown
}

/**
 * Events as a server-sent-event response (WHATWG HTML, server-sent events); every stream of the gateway is one.
 *
 * @param abort aborted when the reader goes away, so that `events` ends
 * @param accessLost ends the stream, not what it tells of: the reader has no right to it any more
 */
export function sseResponse(
  events: AsyncGenerator<ServerEvent, void>,
  abort: AbortController,
  accessLost?: AbortSignal,
): Response {
  const encoder = new TextEncoder()
  let resume: (() => void) | undefined
  let ping: NodeJS.Timeout | undefined
  let ended = false

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        ping = setInterval(() => {
          // A reader that is behind has enough to read.
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(PING))
        }, PING_MS)
        void pump(controller)
        if (accessLost?.aborted) end(controller)
        else accessLost?.addEventListener('abort', () => end(controller))
      },
      pull() {
        resume?.()
      },
      cancel() {
        clearInterval(ping)
        abort.abort()
        resume?.()
      },
    },
    { highWaterMark: HIGH_WATER_BYTES, size: (chunk) => chunk.byteLength },
  )

  function end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (abort.signal.aborted || ended) return
    clearInterval(ping)
    controller.enqueue(encoder.encode(ACCESS_LOST))
    controller.close()
    abort.abort()
    resume?.()
  }

  async function pump(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      for await (const event of events) {
        if (abort.signal.aborted) return
        controller.enqueue(encoder.encode(encodeEvent(event)))
        if ((controller.desiredSize ?? 0) <= 0) {
          await new Promise<void>((resolve) => {
            resume = resolve
          })
        }
      }
    } catch {
      // The stream has begun: all that is left is to end it. The reader attaches again and learns more.
    } finally {
      clearInterval(ping)
      ended = true
      if (!abort.signal.aborted) controller.close()
    }
  }

  return new Response(body, { headers: HEADERS })
}

/** One event on the wire; JSON holds no raw line break, so one `data` line is enough. */
export function encodeEvent({ event, seq, data }: ServerEvent): string {
  const id = seq === undefined ? '' : `id: ${seq}\n`
  return `${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
