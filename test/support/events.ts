import { createParser } from 'eventsource-parser'
import type { Message, Usage } from '../../src/contract/chat.ts'

/** What tests look at in an event's data. */
interface EventData {
  text?: string
  seq?: number
  generationId?: string
  sessionKey?: string
  userMessageId?: string
  messageId?: string
  code?: string
  message?: Message
  usage?: Usage
}

/** One event as it came over the wire. */
export interface WireEvent {
  id: number | undefined
  event: string
  data: EventData
}

/** Reads an SSE response until it ends, or until `enough` says so; then hangs up. */
export async function readEvents(
  response: Response,
  enough: (event: WireEvent) => boolean = () => false,
): Promise<WireEvent[]> {
  const events: WireEvent[] = []
  const parser = createParser({
    onEvent: ({ id, event = 'message', data }) => {
      events.push({ id: id === undefined ? undefined : Number(id), event, data: JSON.parse(data) })
    },
  })
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader()
  let seen = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return events
    parser.feed(value)
    for (; seen < events.length; seen += 1) {
      const event = events[seen]
      if (event && enough(event)) {
        await reader.cancel()
        return events
      }
    }
  }
}

/** The text that a reader who followed these events has on the screen. */
export function shownText(events: readonly WireEvent[]): string {
  return events.reduce((text, { event, data: { text: piece = '' } }) => {
    if (event === 'snapshot') return piece
    return event === 'delta' ? text + piece : text
  }, '')
}
