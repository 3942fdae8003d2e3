import { createParser } from 'eventsource-parser'
import { HelixError } from '../errors.ts'
import type { ClaudeMeter } from './claude.ts'
import { streamFailure } from './failure.ts'
import { isRecord, recordUsage } from './usage.ts'

/** No event of a text reply comes near this size; it bounds what a broken upstream makes us hold. */
const MAX_EVENT_CHARACTERS = 1024 * 1024
/** The longest reply of any model, each token in an event of its own, stays below this. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024

/** Reads the event stream of one reply, chunk by chunk. */
export interface Reply {
  /** The first failure met; text read before it is still to be taken. */
  readonly failure: HelixError | null
  /** Claude's stop reason once `message_stop` arrived; only then is the reply complete. */
  readonly stopReason: string | null
  /** Takes one chunk of the body. True when it held any part of the reply, not only pings and strangers. */
  feed(chunk: Uint8Array): boolean
  /** The text that arrived since the last call. */
  takeText(): string
}

/** A reader that counts into `meter` while it reads. */
export function createReply(meter: ClaudeMeter): Reply {
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ''
  let failure: HelixError | null = null
  let stopReason: string | null = null
  let ended = false
  let progress = false

  const handlers: Record<string, (event: Record<string, unknown>) => void> = {
    message_start: ({ message }) => recordUsage(meter.tokens, isRecord(message) ? message.usage : undefined),
    content_block_start: () => {},
    content_block_delta: ({ delta }) => {
      if (isRecord(delta) && delta.type === 'text_delta' && typeof delta.text === 'string') text += delta.text
    },
    content_block_stop: () => {},
    message_delta: ({ delta, usage }) => {
      recordUsage(meter.tokens, usage)
      meter.final = isRecord(usage)
      if (isRecord(delta) && typeof delta.stop_reason === 'string') stopReason = delta.stop_reason
    },
    message_stop: () => {
      ended = true
    },
    error: ({ error }) => {
      failure = streamFailure(isRecord(error) ? error.type : undefined)
    },
  }

  function receive(data: string) {
    if (ended || failure) return
    const event = parse(data)
    if (!event) {
      failure = malformed('an event that is no JSON object')
      return
    }
    const type = typeof event.type === 'string' ? event.type : ''
    if (!Object.hasOwn(handlers, type)) return
    progress = true
    handlers[type]?.(event)
  }

  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({ event, data }) => {
      if (event !== 'ping') receive(data)
    },
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') failure ??= malformed('an event beyond 1 MiB')
    },
  })

  return {
    get failure() {
      return failure
    },
    get stopReason() {
      return ended ? (stopReason ?? 'unknown') : null
    },
    feed(chunk) {
      progress = false
      bytes += chunk.byteLength
      if (bytes > MAX_REPLY_BYTES) failure ??= malformed('more than 64 MiB')
      if (!failure) parser.feed(decoder.decode(chunk, { stream: true }))
      return progress
    },
    takeText() {
      const [whole, half] = ended || failure ? [text, ''] : splitAtHalfCharacter(text)
      text = half
      return whole.toWellFormed().replaceAll('\0', '\uFFFD')
    },
  }
}

/** Keeps a trailing first half of a surrogate pair back, until the other half arrives. */
function splitAtHalfCharacter(text: string): [string, string] {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? [text.slice(0, -1), text.slice(-1)] : [text, '']
}

function parse(data: string): Record<string, unknown> | null {
  try {
    const event: unknown = JSON.parse(data)
    return isRecord(event) ? event : null
  } catch {
    return null
  }
}

function malformed(what: string): HelixError {
  return new HelixError('upstream_failed', `Claude's reply held ${what}`, { hint: 'Try again.' })
}
