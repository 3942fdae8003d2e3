import type { Socket } from 'node:net'
import { type Client, type Dispatcher, errors } from 'undici'
import { type Aborting, Place } from './aborting.ts'
import type { Answer, Headers, Receiver, SendOptions, Sent } from './send.ts'

/** How much of the beginning of a body is kept, about, in bytes. */
const MOST_KEPT = 1024 * 1024

/** A request and who waits for its answer. */
export interface Request {
  sent: Sent
  options: SendOptions
  receiver: Receiver
}

/** Makes what a connection sends with; `connecting` is told of each socket that is about to reach the server. */
export type OpenClient = (origin: string, connecting: (socket: Socket) => void) => Client

/**
 * A connection, for one request at a time. It reads the answers to all of them by itself: tens of thousands come a
 * second, and a reader of its own for each would be made and thrown away as often.
 */
export class Connection implements Dispatcher.DispatchHandler {
  readonly client: Client
  readonly #aborting: Aborting
  readonly #giveBack: (connection: Connection) => void
  readonly #place = new Place()
  #connecting: Socket | undefined
  #request: Request | undefined
  #status = 0
  #headers: Headers = {}
  #size = 0
  #kept: Buffer[] | undefined

  /** `giveBack` is told once nobody uses it any longer. */
  constructor(
    origin: string,
    open: OpenClient,
    aborting: Aborting,
    giveBack: (connection: Connection) => void,
  ) {
    this.client = open(origin, (socket) => (this.#connecting = socket))
    this.#aborting = aborting
    this.#giveBack = giveBack
  }

  /** What is over before its turn comes is not sent: thousands may have waited for it. */
  send(request: Request): void {
    const { signal } = request.options
    this.#request = request
    if (signal?.aborted) {
      this.#fail(signal.reason)
      return
    }
    this.client.dispatch(request.sent, this)
    if (signal && this.#request === request && !this.#place.request)
      this.#aborting.follow(signal, this.#place, this)
  }

  /** Ends a request that undici cannot end, since it has no connection yet to go out on. */
  abort(reason: unknown): void {
    this.#connecting?.destroy(
      reason instanceof Error ? reason : new errors.RequestAbortedError(String(reason)),
    )
  }

  /** Told anew where it is sent again, since the server closed the connection as it went out. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { signal, onSent } = this.#request?.options ?? {}
    if (signal) this.#aborting.follow(signal, this.#place, controller)
    onSent?.()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    this.#request?.options.onStart?.(status, headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Buffer): void {
    const { onData, keep } = this.#request?.options ?? {}
    onData?.(piece)
    if (!keep || this.#size > MOST_KEPT) return
    this.#size += piece.length
    this.#kept ??= []
    this.#kept.push(piece)
  }

  onResponseEnd(): void {
    const answer = this.#answer()
    const receiver = this.#end()
    this.#giveBack(this)
    receiver?.answered(answer)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error)
  }

  #fail(thrown: unknown): void {
    const answer = this.#request?.options.isWhole?.() ? this.#answer() : undefined
    const receiver = this.#end()
    // Told of in the call that sends, or while undici still clears away what failed: nothing may be sent on it yet.
    queueMicrotask(() => {
      this.#giveBack(this)
      if (answer) receiver?.answered(answer)
      else receiver?.failed(thrown)
    })
  }

  #answer(): Answer {
    const text = this.#kept ? Buffer.concat(this.#kept).toString() : ''
    return { status: this.#status, headers: this.#headers, text }
  }

  #end(): Receiver | undefined {
    const receiver = this.#request?.receiver
    this.#request = undefined
    this.#place.request = undefined
    this.#size = 0
    this.#kept = undefined
    return receiver
  }
}
