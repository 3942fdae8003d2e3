import { createParser } from 'eventsource-parser'
import type { ReplyEvent } from '../contract/events.ts'

const KNOWN = new Set(['start', 'delta', 'snapshot', 'done', 'error', 'draining'])

/** A connection that fell silent for longer than the gateway's pings allow. */
class SilentConnection extends Error {
  override readonly name = 'SilentConnection'
}

/**
 * Reads the events of one connection until it ends. Events cut off in the middle are dropped; names this
 * version does not know are skipped.
 * @throws SilentConnection when no byte, not even a ping, came for `silenceMs`; whatever the body throws.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): AsyncGenerator<ReplyEvent, void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const arrived: ReplyEvent[] = []
  const parser = createParser({
    onEvent: ({ event, data, id }) => {
      if (event !== undefined && KNOWN.has(event)) arrived.push(replyEvent(event, data, id))
    },
  })
  try {
    while (true) {
      const { done, value } = await within(silenceMs, reader.read())
      if (done) return
      parser.feed(decoder.decode(value, { stream: true }))
      yield* arrived.splice(0)
    }
  } finally {
    // Not awaited: a dead connection may never confirm.
    reader.cancel().catch(() => {})
  }
}

// The gateway is ours and typed by the same contract, so the shape is taken at its word.
function replyEvent(event: string, data: string, id: string | undefined): ReplyEvent {
  const parsed: unknown = JSON.parse(data)
  return (
    event === 'draining' ? { event, data: parsed } : { event, seq: Number(id ?? 0), data: parsed }
  ) as ReplyEvent
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SilentConnection(`Nothing arrived for ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, silence])
  } finally {
    clearTimeout(timer)
  }
}
