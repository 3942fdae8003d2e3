import type { ReplyEvent } from '../src/contract/events.ts'

const PING_MS = 15_000
const PING = ': ping\n\n'
/** Bytes a reader may be behind before its stream waits for it; the reply itself never waits. */
const HIGH_WATER_BYTES = 64 * 1024

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
}

/**
 * A reply's events as a server-sent-event response (WHATWG HTML, server-sent events).
 *
 * @param abort aborted when the reader goes away, so that `events` ends
 */
export function sseResponse(events: AsyncGenerator<ReplyEvent, void>, abort: AbortController): Response {
  const encoder = new TextEncoder()
  let resume: (() => void) | undefined
  let ping: NodeJS.Timeout | undefined

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        ping = setInterval(() => controller.enqueue(encoder.encode(PING)), PING_MS)
        void pump(controller)
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
      if (!abort.signal.aborted) controller.close()
    }
  }

  return new Response(body, { headers: HEADERS })
}

/** One event on the wire; JSON holds no raw line break, so one `data` line is enough. */
function encodeEvent(event: ReplyEvent): string {
  const id = 'seq' in event ? `id: ${event.seq}\n` : ''
  return `${id}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`
}
