import type { ReplyEvent } from '../../contract/events.ts'

type Terminal = Extract<ReplyEvent, { event: 'done' | 'error' }>

/** How long a reader is told to wait before it attaches again, once this process is leaving, in ms. */
export const RETRY_AFTER_MS = 2_000

/** Why a reply was ended from our side rather than Claude's. */
export type EndReason = 'stopped' | 'draining' | 'lease_lost'

/**
 * A reply while this process makes it: the log of its events, and whoever waits for more. Readers keep a place in
 * the log, so a slow one costs nothing and holds nobody up.
 *
 * Event 1 is `start`, `deltas[i]` is event `i + 2`, the terminal one follows the last delta.
 */
export class LiveReply {
  readonly generationId: string
  readonly userId: string
  readonly leaseToken: number
  readonly start: Extract<ReplyEvent, { event: 'start' }>
  readonly deltas: string[] = []
  /** Set once the reply's maker has begun to store its outcome. */
  closing = false
  readonly #abort = new AbortController()
  #terminal: Terminal | undefined
  #abandoned = false
  #waiting: (() => void)[] = []

  constructor(given: {
    generationId: string
    userId: string
    leaseToken: number
    start: LiveReply['start']
  }) {
    this.generationId = given.generationId
    this.userId = given.userId
    this.leaseToken = given.leaseToken
    this.start = given.start
  }

  /** Aborts when the reply is ended from our side; its `reason` is an EndReason. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get endReason(): EndReason | undefined {
    return this.#abort.signal.aborted ? this.#abort.signal.reason : undefined
  }

  /** The highest event number so far, the terminal event not counted. */
  get seq(): number {
    return this.deltas.length + 1
  }

  get text(): string {
    return this.deltas.join('')
  }

  get terminal(): Terminal | undefined {
    return this.#terminal
  }

  /** Whether another instance has taken the reply over: readers must look for it in the database. */
  get abandoned(): boolean {
    return this.#abandoned
  }

  append(text: string): void {
    this.deltas.push(text)
    this.wake()
  }

  /** Announces the outcome; call it only once the outcome is committed. */
  finish(terminal: Terminal): void {
    this.#terminal = terminal
    this.wake()
  }

  abandon(): void {
    this.#abandoned = true
    this.end('lease_lost')
    this.wake()
  }

  end(reason: EndReason): void {
    if (!this.#abort.signal.aborted) this.#abort.abort(reason)
  }

  /** Resolves at the next change, or at the next `wake`. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Makes readers look again. */
  wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
