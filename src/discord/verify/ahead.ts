/** Reads ahead by one: the next item can be looked at before it is taken. */
export class Ahead<T> {
  readonly #items: AsyncIterator<T>
  #next: Promise<IteratorResult<T>> | undefined
  #taken = 0

  constructor(items: AsyncIterable<T>) {
    this.#items = items[Symbol.asyncIterator]()
  }

  /** How many were taken so far. */
  get taken(): number {
    return this.#taken
  }

  /** The next item; undefined once there is none. */
  async peek(): Promise<T | undefined> {
    this.#next ??= this.#items.next()
    const next = await this.#next
    return next.done === true ? undefined : next.value
  }

  /** Goes on behind the item that was looked at. */
  take(): void {
    this.#taken += 1
    this.#next = undefined
  }

  /** Reads no more. */
  async end(): Promise<void> {
    await this.#items.return?.()
  }
}
