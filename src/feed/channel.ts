import type { NumberedEvent } from './stored.ts'

/** Events a channel keeps for readers that are a little behind; one further behind reads the database. */
const KEPT = 100

/**
 * One person's feed in this process: the events seen last, and the readers that wait for more. Readers keep their own
 * place, so a slow one costs nothing and holds nobody up.
 */
export class Channel {
  /** How many follow it here. */
  readers = 0
  /** The last number known here; undefined until the feed was looked at once. */
  #head: number | undefined
  /** Without gaps, up to the head. */
  #recent: NumberedEvent[] = []
  #waiting = new Set<() => void>()

  get head(): number | undefined {
    return this.#head
  }

  /** Learns that the feed reaches up to `head`. */
  reach(head: number): void {
    if (this.#head !== undefined && head <= this.#head) return
    this.#recent = []
    this.#head = head
    this.#wake()
  }

  /** Takes in what was read after the head, in order; what is known already is passed over. */
  take(events: readonly NumberedEvent[]): void {
    const before = this.#head ?? 0
    for (const event of events.filter(({ seq }) => seq > before)) {
      if (event.seq !== (this.#head ?? 0) + 1) this.#recent = []
      if (event.event === 'conversation.deleted') this.#forget(event.data.sessionKey)
      this.#recent.push(event)
      this.#head = event.seq
    }
    this.#recent = this.#recent.slice(-KEPT)
    if (this.#head !== before) this.#wake()
  }

  /** The events after `seq` as far as they are known; undefined when that is too long ago. */
  after(seq: number): readonly NumberedEvent[] | undefined {
    if (seq >= (this.#head ?? 0)) return []
    const first = this.#recent[0]?.seq
    return first !== undefined && first <= seq + 1 ? this.#recent.slice(seq + 1 - first) : undefined
  }

  /** Resolves at the next news, or when `signal` aborts. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const done = () => {
        signal.removeEventListener('abort', done)
        this.#waiting.delete(done)
        resolve()
      }
      this.#waiting.add(done)
      signal.addEventListener('abort', done, { once: true })
    })
  }

  /** As in the database: of a deleted conversation only the deletion is told. */
  #forget(sessionKey: string): void {
    this.#recent = this.#recent.map((known) =>
      'sessionKey' in known.data && known.data.sessionKey === sessionKey
        ? { event: 'conversation.deleted', seq: known.seq, data: { sessionKey, at: known.data.at } }
        : known,
    )
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }
}
