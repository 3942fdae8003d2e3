import { Frontier } from './merkle/frontier.ts'
import { leafHash } from './merkle/tree.ts'

const HASH_BYTES = 32
const CHUNK = 4_096

/** The hashes of a log in the order of seq, 32 bytes each: what it takes to know an entry again. */
export class HashList {
  readonly #chunks: Buffer[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds the hash of seq `size + 1`, given as 64 hex digits. */
  push(hex: string): void {
    const place = this.#size % CHUNK
    if (place === 0) this.#chunks.push(Buffer.allocUnsafe(CHUNK * HASH_BYTES))
    this.#chunks.at(-1)?.write(hex, place * HASH_BYTES, 'hex')
    this.#size += 1
  }

  /** The hash of an entry, hex; undefined for a seq that is not there. */
  get(seq: number): string | undefined {
    return this.#bytes(seq)?.toString('hex')
  }

  /** RFC 6962 Merkle root, hex, over the entries 1..`size`: a leaf is the 32 bytes of an entry's hash. */
  root(size: number): string {
    const frontier = new Frontier()
    for (let seq = 1; seq <= size; seq += 1) frontier.push(leafHash(this.#bytes(seq) ?? Buffer.alloc(0)))
    return frontier.root().toString('hex')
  }

  #bytes(seq: number): Buffer | undefined {
    if (seq < 1 || seq > this.#size) return undefined
    const start = ((seq - 1) % CHUNK) * HASH_BYTES
    return this.#chunks[Math.floor((seq - 1) / CHUNK)]?.subarray(start, start + HASH_BYTES)
  }
}
