import { isIntroduced, type PlacedIntroduction } from './introduction.ts'

interface Place {
  log: string
  seq: number
}

interface Held {
  by: string
  /** Where it came in; it signs no checkpoint that ends before, unless it was the first and nobody else could. */
  came: Place | undefined
  /** Where another key took its place: it signs no checkpoint that reaches so far. */
  replaced: Place | undefined
}

/** The keys that may sign the checkpoints of a log and of those it goes on as, by what its entries say. */
export class KeyRing {
  readonly #keys = new Map<string, Held>()
  /** Logs in the order they were written. */
  readonly #logs: string[] = []
  readonly #introductions: PlacedIntroduction[] = []

  /** Every key there ever was, the first one first; hex. */
  get keys(): string[] {
    return [...this.#keys.keys()]
  }

  /** What brought them in, in the order it was said. */
  get introductions(): readonly PlacedIntroduction[] {
    return this.#introductions
  }

  /** Takes the next introduction; why it counts for nothing when it does not. */
  admit(introduction: PlacedIntroduction): string | undefined {
    const { log, seq, publicKey, signedBy, replaces } = introduction
    this.note(log)
    const by = this.#keys.get(signedBy)
    if (this.#keys.size > 0 && (by === undefined || by.replaced !== undefined)) {
      return 'brings in a key that no known key signed in'
    }
    if (this.#keys.size === 0 && signedBy !== publicKey) return 'brings in a first key that another signed in'
    if (!isIntroduced(introduction)) return 'brings in a key with a signature that is not by the key it names'
    this.#introductions.push(introduction)
    if (!this.#keys.has(publicKey)) {
      const came = this.#keys.size === 0 ? undefined : { log, seq }
      this.#keys.set(publicKey, { by: signedBy, came, replaced: undefined })
    }
    const old = replaces === null ? undefined : this.#keys.get(replaces)
    if (old) old.replaced ??= { log, seq }
    return undefined
  }

  /** Remembers that the entries went on under this log. */
  note(log: string): void {
    if (!this.#logs.includes(log)) this.#logs.push(log)
  }

  /** Whether this key may sign a checkpoint of `size` entries of `log`. */
  maySign(publicKey: string, log: string, size: number): boolean {
    const key = this.#keys.get(publicKey)
    if (key === undefined) return false
    const { came, replaced } = key
    if (came && !this.#reaches(log, size, came)) return false
    return replaced === undefined || !this.#reaches(log, size, replaced)
  }

  /** Whether so many entries of a log have that place among them, or before them in a log it goes on from. */
  #reaches(log: string, size: number, place: Place): boolean {
    const [at, there] = [this.#logs.indexOf(log), this.#logs.indexOf(place.log)]
    return at > there || (at === there && size >= place.seq)
  }

  /** Whether `publicKey` is `anchor`, or was signed in by it or by one it signed in. */
  descendsFrom(publicKey: string, anchor: string): boolean {
    for (let at: string | undefined = publicKey; at !== undefined; ) {
      if (at === anchor) return true
      const by: string | undefined = this.#keys.get(at)?.by
      at = by === at ? undefined : by
    }
    return false
  }
}
