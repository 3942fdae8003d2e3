import { createParser } from 'eventsource-parser'
import { HelixError } from '../errors.ts'
import type { ClaudeMeter } from './claude.ts'
import { streamFailure } from './failure.ts'
import { isRecord, recordUsage } from './usage.ts'

/** No event of a text reply comes near this size; it bounds what a broken upstream makes us hold. */
const MAX_EVENT_CHARACTERS = 1024 * 1024
/** The longest reply of any model, each token in an event of its own, stays below this. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024

type WireEvent = Record<string, unknown>

/** Reads the event stream of one reply, chunk by chunk, and counts into `meter` while it does. */
export class Reply {
  /** The first failure met; text read before it is still to be taken. */
  failure: HelixError | null = null

  readonly #meter: ClaudeMeter
  readonly #decoder = new TextDecoder()
  readonly #parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({ event, data }) => {
      if (event !== 'ping') this.#receive(data)
    },
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') this.failure ??= malformed('an event beyond 1 MiB')
    },
  })
  #bytes = 0
  #text = ''
  #progress = false
  #stopReason = 'unknown'
  #ended = false

  constructor(meter: ClaudeMeter) {
    this.#meter = meter
  }

  /** Claude's stop reason once `message_stop` arrived, else null; only then is the reply complete. */
  get stopReason(): string | null {
    return this.#ended ? this.#stopReason : null
  }

  /** Takes one chunk of the body. True when it held any part of the reply, not only pings and strangers. */
  feed(chunk: Uint8Array): boolean {
    this.#progress = false
    this.#bytes += chunk.byteLength
    if (this.#bytes > MAX_REPLY_BYTES) this.failure ??= malformed('more than 64 MiB')
    if (!this.failure) this.#parser.feed(this.#decoder.decode(chunk, { stream: true }))
    return this.#progress
  }

  /** The text that arrived since the last call, in whole characters that any database can store. */
  takeText(): string {
    const last = this.#ended || this.failure !== null
    const [whole, half] = last ? [this.#text, ''] : splitAtHalfCharacter(this.#text)
    this.#text = half
    return whole.toWellFormed().replaceAll('\0', '\uFFFD')
  }

  #receive(data: string): void {
    if (this.#ended || this.failure) return
    const event = parse(data)
    if (event) this.#progress = this.#apply(event) || this.#progress
    else this.failure = malformed('an event that is no JSON object')
  }

  /** False for an event of some later version, which is none of ours. */
  #apply(event: WireEvent): boolean {
    switch (event.type) {
      case 'content_block_delta':
        this.#text += textOf(event.delta)
        return true
      case 'message_start':
        recordUsage(this.#meter.tokens, isRecord(event.message) ? event.message.usage : undefined)
        return true
      case 'message_delta':
        this.#recordDelta(event)
        return true
      case 'message_stop':
        this.#ended = true
        return true
      case 'error':
        this.failure = streamFailure(isRecord(event.error) ? event.error.type : undefined)
        return true
      default:
        return event.type === 'content_block_start' || event.type === 'content_block_stop'
    }
  }

  #recordDelta({ delta, usage }: WireEvent): void {
    recordUsage(this.#meter.tokens, usage)
    if (!isRecord(delta) || typeof delta.stop_reason !== 'string') return
    this.#stopReason = delta.stop_reason
    // The count that comes with the stop reason is the last; an earlier one is a running count.
    this.#meter.final = isRecord(usage)
  }
}

function textOf(delta: unknown): string {
  if (!isRecord(delta) || delta.type !== 'text_delta' || typeof delta.text !== 'string') return ''
  return delta.text
}

/** Keeps a trailing first half of a surrogate pair back, until the other half arrives. */
function splitAtHalfCharacter(text: string): [string, string] {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? [text.slice(0, -1), text.slice(-1)] : [text, '']
}

function parse(data: string): WireEvent | null {
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
