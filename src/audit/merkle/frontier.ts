import { foldRight, nodeHash, type Subtree } from './tree.ts'

/** Told of each perfect subtree as its last leaf comes. */
export type OnComplete = (subtree: Subtree, hash: Buffer) => void

/** A tree that grows at its right end: it remembers one hash for each of its perfect subtrees, O(log n). */
export class Frontier {
  /** Perfect subtrees from left to right, each smaller than the one before it. */
  readonly #peaks: { level: number; hash: Buffer }[]
  #size: number

  /** Begins with a tree of `size` leaves, given the hashes of `cover([0, size])`. */
  constructor(size = 0, peaks: readonly { level: number; hash: Buffer }[] = []) {
    this.#size = size
    this.#peaks = [...peaks]
  }

  get size(): number {
    return this.#size
  }

  /** Another one at the same place. */
  copy(): Frontier {
    return new Frontier(this.#size, this.#peaks)
  }

  /** Adds a leaf, given its hash. */
  push(leaf: Buffer, onComplete?: OnComplete): void {
    this.#size += 1
    let peak = { level: 0, hash: leaf }
    for (let left = this.#peaks.at(-1); left?.level === peak.level; left = this.#peaks.at(-1)) {
      this.#peaks.pop()
      peak = { level: peak.level + 1, hash: nodeHash(left.hash, peak.hash) }
      onComplete?.({ level: peak.level, place: this.#size / 2 ** peak.level - 1 }, peak.hash)
    }
    this.#peaks.push(peak)
  }

  root(): Buffer {
    return foldRight(this.#peaks.map(({ hash }) => hash))
  }
}
