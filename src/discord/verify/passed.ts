import type { AuditEntry } from '../../audit/entry.ts'
import { HashList } from '../../audit/hash-list.ts'

/** How a line stands to the entries that have passed. */
export type Standing =
  /** It is one of them. */
  | 'same'
  /** Another entry has its place. */
  | 'other'
  /** Its log ended before it. */
  | 'beyond'
  /** Nothing is known of its log. */
  | 'stranger'
  /** It comes later than what has passed. */
  | 'ahead'

/** The entries of the database that have passed, by their hashes: 32 bytes each. */
export class Passed {
  /** The logs in their order, oldest first. */
  readonly #logs: readonly string[]
  readonly #hashes = new Map<string, HashList>()
  #present = -1

  constructor(logs: readonly string[]) {
    this.#logs = logs
  }

  push({ log, hash }: AuditEntry): void {
    this.#present = Math.max(this.#present, this.#logs.indexOf(log))
    const hashes = this.#hashes.get(log) ?? new HashList()
    this.#hashes.set(log, hashes)
    hashes.push(hash)
  }

  /** How many entries of a log have passed. */
  size(log: string): number {
    return this.#hashes.get(log)?.size ?? 0
  }

  standing({ log, seq, hash }: Pick<AuditEntry, 'log' | 'seq' | 'hash'>): Standing {
    const place = this.#logs.indexOf(log)
    if (place === -1) return 'stranger'
    const known = this.#hashes.get(log)?.get(seq)
    if (known !== undefined) return known === hash ? 'same' : 'other'
    return place < this.#present ? 'beyond' : 'ahead'
  }
}
