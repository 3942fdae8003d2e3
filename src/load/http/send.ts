import { buildConnector, Client, type Dispatcher } from 'undici'
import type { Wait } from '../course.ts'
import { type Aborting, createAborting, type Link } from './aborting.ts'
import { type Connection, createConnections } from './connections.ts'

type Headers = Record<string, string | string[] | undefined>

/** One request, as it goes out. */
export interface Sent {
  origin: string
  path: string
  method: Dispatcher.HttpMethod
  headers: Record<string, string>
  body?: string | null
}

export interface Answer {
  status: number
  headers: Headers
  /** Empty unless it was asked for. */
  text: string
}

export interface SendOptions {
  /** Whether the body is kept; it is read to its end in any case. */
  keep?: boolean
  /** Told of each piece of the body as it comes. */
  onStart?: (status: number, headers: Headers) => void
  onData?: (piece: Buffer) => void
  signal?: AbortSignal
}

export interface Sender {
  /** Resolves once the last byte is there; rejected with an Error with a `code`, when there is no whole answer. */
  send(request: Sent, options?: SendOptions): Wait<Answer>
  close(): Promise<void>
}

interface SenderOptions {
  /** Connections to one server; without it as many as requests are open. */
  pool?: number | undefined
  timeoutMs: number
  /** Whether a certificate must be good. */
  trust?: boolean | undefined
}

/** The longest end of a body that is kept, in bytes. */
const MOST_KEPT = 1024 * 1024

/** Sends with as little as can be between the schedule and the wire: no redirects, no cookies, no retries. */
export function createSender({ pool, timeoutMs, trust = true }: SenderOptions): Sender {
  const connect = buildConnector({ timeout: timeoutMs, rejectUnauthorized: trust })
  const options = {
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 64 * 1024,
    connect,
    // One at a time all the same: told so, undici would have a connection rest after each answer.
    pipelining: 2,
  }
  const connections = createConnections((origin) => new Client(origin, options), pool)
  const aborting = createAborting()
  return {
    send:
      (sent, options = {}) =>
      (resolve, reject) =>
        connections.take(sent.origin, (connection) => {
          connection.client.dispatch(sent, new Reading({ options, connection, aborting, resolve, reject }))
        }),
    close: connections.close,
  }
}

interface Waiting {
  options: SendOptions
  /** Given back first, whatever comes. */
  connection: Connection
  aborting: Aborting
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** Reads one answer. One is made for each request, tens of thousands a second: its methods are not made anew with it. */
class Reading implements Dispatcher.DispatchHandler {
  readonly #waiting: Waiting
  #place: Link | undefined
  #status = 0
  #headers: Headers = {}
  #size = 0
  #kept: Buffer[] | undefined

  constructor(waiting: Waiting) {
    this.#waiting = waiting
  }

  onRequestStart(request: Dispatcher.DispatchController): void {
    // Sent again, where the server closed the connection as it went out.
    this.#leave()
    const { aborting, options } = this.#waiting
    if (options.signal) this.#place = aborting.follow(options.signal, request)
  }

  onResponseStart(_request: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    this.#waiting.options.onStart?.(status, headers)
  }

  onResponseData(_request: Dispatcher.DispatchController, piece: Buffer): void {
    this.#waiting.options.onData?.(piece)
    if (!this.#waiting.options.keep || this.#size > MOST_KEPT) return
    this.#size += piece.length
    this.#kept ??= []
    this.#kept.push(piece)
  }

  onResponseEnd(): void {
    this.#end()
    const text = this.#kept ? Buffer.concat(this.#kept).toString() : ''
    this.#waiting.resolve({ status: this.#status, headers: this.#headers, text })
  }

  onResponseError(_request: Dispatcher.DispatchController, error: Error): void {
    this.#end()
    // Some are told of in the call that sends.
    queueMicrotask(() => this.#waiting.reject(error))
  }

  #leave(): void {
    if (this.#place) this.#waiting.aborting.leave(this.#place)
  }

  #end(): void {
    this.#leave()
    this.#waiting.connection.giveBack()
  }
}

/** A short stable name of why there was no answer: `ECONNREFUSED`, `UND_ERR_HEADERS_TIMEOUT`. */
export function failureName(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'failed'
  const { code, errors } = thrown as Error & { code?: unknown; errors?: unknown[] }
  if (typeof code === 'string') return code
  if (errors?.[0]) return failureName(errors[0])
  return thrown.cause ? failureName(thrown.cause) : thrown.name
}
