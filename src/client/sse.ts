import { createParser } from 'eventsource-parser'

/** An event of any stream of the gateway; those without a number carry no `seq`. */
interface WireEvent {
  event: string
  seq?: number
  data: unknown
}

/** The gateway pings every 15 s; three missed pings mean the connection is dead. */
export const SILENCE_MS = 45_000

/** A connection that fell silent for longer than the gateway's pings allow. */
class SilentConnection extends Error {
  override readonly name = 'SilentConnection'
}

/**
 * Reads the events of one connection until it ends. Events cut off in the middle are dropped; names this
 * version does not know are skipped.
 * @param known the names of the events there may be
 * @throws SilentConnection when no byte, not even a ping, came for `silenceMs`; whatever the body throws.
 */
export async function* readEvents<Event extends WireEvent>(
  body: ReadableStream<Uint8Array>,
  known: ReadonlySet<Event['event']>,
  silenceMs: number,
): AsyncGenerator<Event, void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const arrived: Event[] = []
  const parser = createParser({
    onEvent: ({ event, data, id }) => {
      if (event !== undefined && known.has(event)) arrived.push(toEvent(event, data, id))
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
function toEvent<Event extends WireEvent>(event: string, data: string, id: string | undefined): Event {
  return { event, ...(id === undefined ? {} : { seq: Number(id) }), data: JSON.parse(data) } as Event
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
