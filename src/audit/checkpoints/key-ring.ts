import { isIntroduced, type PlacedIntroduction } from './introduction.ts'

interface Held {
  by: string
  /** Where another key took its place: it signs no checkpoint that reaches so far. */
  replaced: { log: string; seq: number } | undefined
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
    if (!this.#keys.has(publicKey)) this.#keys.set(publicKey, { by: signedBy, replaced: undefined })
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
    if (key?.replaced === undefined) return key !== undefined
    const at = this.#logs.indexOf(log)
    const end = this.#logs.indexOf(key.replaced.log)
    return at < end || (at === end && size < key.replaced.seq)
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
