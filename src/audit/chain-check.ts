import type { Head } from './append.ts'
import { checkContinuation } from './continuation.ts'
import type { AuditEntry } from './entry.ts'
import type { Finding, FindingKind } from './finding.ts'
import { entryHash, NO_HASH } from './hash.ts'
import { HashList } from './hash-list.ts'

/** Walks entries in the order they come and stops at the first that cannot be. Memory: 32 bytes an entry. */
export class ChainCheck {
  readonly #logs = new Map<string, HashList>()
  #log: string | undefined
  #hashes = new HashList()
  #last = NO_HASH
  #finding: Finding | undefined
  /** A seq that did not come at its place: it may still come later. */
  #missing: number | undefined
  /** An entry that does not name the one before it: the next one tells which of the two is wrong. */
  #loose: AuditEntry | undefined

  /** The last entry in place; log `''` and seq 0 before the first. */
  get position(): Head {
    return { log: this.#log ?? '', seq: this.#hashes.size, hash: this.#last }
  }

  /** Whether a finding is certain, whatever else may come. */
  get decided(): boolean {
    return this.#finding !== undefined
  }

  /** Takes the next entry (undefined: something unreadable); true when it is new and in its place. */
  push(entry: AuditEntry | undefined): boolean {
    if (this.#finding !== undefined) return false
    if (this.#missing !== undefined) return this.#seek(this.#missing, entry)
    this.#log ??= entry?.log
    if (this.#loose !== undefined && this.#settle(this.#loose, entry)) return false
    if (entry === undefined) return this.#found('edited', this.#next, 'is not a readable entry')
    if (!isIntact(entry)) return this.#altered(entry)
    if (entry.log !== this.#log && !this.#continues(entry)) return false
    if (entry.seq < this.#next) return this.#again(entry)
    if (entry.seq > this.#next) {
      this.#missing = this.#next
      return false
    }
    if (entry.prev !== this.#last) this.#loose = entry
    this.#hashes.push(entry.hash)
    this.#last = entry.hash
    return true
  }

  /** The verdict once nothing more comes. `head` is an end of the log known from elsewhere. */
  end(head?: Head): Finding | undefined {
    if (this.#finding !== undefined) return this.#finding
    if (this.#missing !== undefined) {
      this.#found('gap', this.#missing, 'is missing, though later entries are there')
    } else if (this.#loose !== undefined) {
      this.#blame(this.#loose, head === undefined || this.#agrees(head))
    } else if (head !== undefined && head.seq > 0) {
      this.#compare(head)
    }
    return this.#finding
  }

  get #next(): number {
    return this.#hashes.size + 1
  }

  #agrees({ log, seq, hash }: Head): boolean {
    return (log === this.#log ? this.#hashes : this.#logs.get(log))?.get(seq) === hash
  }

  #compare(head: Head): void {
    const hashes = head.log === this.#log ? this.#hashes : this.#logs.get(head.log)
    const size = hashes?.size ?? 0
    if (size < head.seq) {
      this.#found('truncated', size + 1, `is missing: the log is known to reach ${head.seq}`, head.log)
    } else if (hashes?.get(head.seq) !== head.hash) {
      this.#found('forked', head.seq, `is not the entry known to end the log at ${head.seq}`, head.log)
    }
  }

  #seek(missing: number, entry: AuditEntry | undefined): false {
    if (entry?.seq !== missing || entry.log !== this.#log || !isIntact(entry)) return false
    return this.#found('reordered', missing, 'comes after entries that follow it')
  }

  #again(entry: AuditEntry): false {
    if (this.#hashes.get(entry.seq) === entry.hash) return false
    return this.#found('forked', entry.seq, 'is there twice, with different hashes')
  }

  // The seq an altered entry claims may be what was altered: where it hangs tells its place.
  #altered(entry: AuditEntry): false {
    const repeats = entry.seq < this.#next && this.#hashes.get(entry.seq) === entry.hash
    if (entry.log === this.#log && entry.seq > this.#next && entry.prev !== this.#last) {
      this.#missing = this.#next
      return false
    }
    return this.#found('edited', repeats ? entry.seq : this.#next, 'does not have the hash it carries')
  }

  /** Decides about an entry that hangs in the air by what comes next; true when that ends the check. */
  #settle(loose: AuditEntry, next: AuditEntry | undefined): boolean {
    if (next?.hash === loose.hash && next.seq === loose.seq) return false
    if (next?.seq === loose.seq && next.log === loose.log && isIntact(next)) {
      this.#found('forked', loose.seq, 'is there twice, with different hashes')
    } else {
      this.#blame(loose, next?.prev === loose.hash || next?.data.head === loose.hash)
    }
    return true
  }

  #blame(loose: AuditEntry, followed: boolean): void {
    if (followed && loose.seq > 1) {
      this.#found('forked', loose.seq - 1, `is not the entry that ${loose.seq} names as the one before it`)
    } else {
      this.#found('edited', loose.seq, 'does not name the entry before it')
    }
  }

  /** Whether this entry opens a log that takes over from the present one; else it repeats, or intrudes. */
  #continues(entry: AuditEntry): boolean {
    if (this.#logs.get(entry.log)?.get(entry.seq) === entry.hash) return false
    const ended = { log: this.#log ?? '', hashes: this.#hashes }
    this.#finding = checkContinuation(entry, ended)
    if (this.#finding !== undefined) return false
    this.#logs.set(ended.log, ended.hashes)
    this.#log = entry.log
    this.#hashes = new HashList()
    this.#last = NO_HASH
    return true
  }

  #found(kind: FindingKind, seq: number, what: string, log = this.#log ?? ''): false {
    this.#finding = { kind, log, seq, message: `Entry ${seq} ${what}` }
    return false
  }
}

function isIntact(entry: AuditEntry): boolean {
  try {
    return entryHash(entry) === entry.hash
  } catch {
    return false
  }
}
