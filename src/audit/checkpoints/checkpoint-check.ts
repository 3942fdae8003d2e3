import type { AuditEntry } from '../entry.ts'
import type { Finding, FindingKind } from '../finding.ts'
import { HashList } from '../hash-list.ts'
import { Frontier } from '../merkle/frontier.ts'
import { entryLeaf } from '../merkle/tree.ts'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { KEY_KIND, readIntroduction } from './introduction.ts'
import { KeyRing } from './key-ring.ts'
import { isSignedBy } from './ring-signature.ts'
import type { StoredCheckpoint } from './stored.ts'

/** What entries are compared with beyond themselves. */
export interface Vouchers {
  /** Checkpoints kept with the log, in its order. */
  stored?: AsyncIterator<Omit<StoredCheckpoint, 'leaves'>> | undefined
  /** The leaves kept with one of them. */
  leavesOf?: ((log: string, size: number) => Promise<Uint8Array | undefined>) | undefined
  /** Checkpoints known from elsewhere, by whoever kept them; where there are any, the log must be one of theirs. */
  witnessed?: readonly SignedCheckpoint[] | undefined
  /** Checkpoints that this machine remembers having signed, of whatever logs. */
  remembered?: readonly SignedCheckpoint[] | undefined
  /** The public key (hex) that all trust comes from; default: the first key the log names. */
  anchor?: string | undefined
}

const UNSIGNED = 'ends a checkpoint that no key of the log signed'

/** Compares entries, as they come in their places, with the checkpoints that were signed of them. */
export class CheckpointCheck {
  readonly #vouchers: Vouchers
  readonly #ring = new KeyRing()
  #log = ''
  #frontier = new Frontier()
  /** The tree at the last checkpoint that held, and the leaves since. */
  #held = new Frontier()
  #since = new HashList()
  #next: Omit<StoredCheckpoint, 'leaves'> | undefined
  #begun = false
  #finding: Finding | undefined
  #signed: { log: string; size: number } | undefined
  #firstKey: { log: string; seq: number } | undefined
  #known: Set<string>
  /** Checkpoints of a log that had grown long before its first key came in: that key must have signed them. */
  #early: { note: string; size: number }[] = []
  /** All that is known from outside the log. */
  readonly #outside: readonly SignedCheckpoint[]

  constructor(vouchers: Vouchers) {
    this.#vouchers = vouchers
    this.#outside = [...(vouchers.witnessed ?? []), ...(vouchers.remembered ?? [])]
    this.#known = new Set((vouchers.witnessed ?? []).map(({ log }) => log))
  }

  /** How far the log is signed by a trusted key; undefined where nothing is. */
  get signed(): { log: string; size: number } | undefined {
    return this.#signed
  }

  /** Takes the next entry; where a checkpoint ends with it, resolves once that is compared. */
  push(entry: AuditEntry): Promise<void> | undefined {
    if (this.#finding !== undefined) return undefined
    const switched = entry.log !== this.#log
    if (!this.#begun || switched) return this.#enter(entry)
    return this.#take(entry)
  }

  /** The verdict once nothing more comes. */
  async end(): Promise<Finding | undefined> {
    if (!this.#begun) await this.#advance()
    await this.#leave()
    if (this.#next && this.#next.log !== this.#log) {
      this.#found('truncated', 1, `is missing: ${this.#next.size} entries were signed`, this.#next.log)
    }
    const { witnessed = [], anchor } = this.#vouchers
    const [unmet] = witnessed
    if (this.#finding === undefined && unmet && witnessed.every(({ log }) => this.#known.has(log))) {
      this.#found('forked', 1, `is of a log that the witness does not know; it knows ${unmet.log}`)
    }
    if (this.#finding === undefined && anchor !== undefined && this.#signed === undefined) {
      const { log, seq } = this.#firstKey ?? { log: this.#log, seq: 1 }
      this.#found('bad_signature', seq, 'and those after it are not signed by the key that was given', log)
    }
    return this.#finding
  }

  async #enter(entry: AuditEntry): Promise<void> {
    if (!this.#begun) await this.#advance()
    else await this.#leave()
    this.#begun = true
    this.#log = entry.log
    this.#known.delete(entry.log)
    this.#ring.note(entry.log)
    this.#frontier = new Frontier()
    this.#held = new Frontier()
    this.#since = new HashList()
    if (this.#finding === undefined) await this.#take(entry)
  }

  /** Nothing more comes of the present log: what was signed beyond its end was cut off. */
  async #leave(): Promise<void> {
    this.#judgeEarly()
    const { size } = this.#frontier
    const cutOff = (each: { log: string; size: number }) => each.log === this.#log && each.size > size
    const unmet = this.#next && parseCheckpoint(this.#next.note)?.checkpoint
    if (unmet && cutOff(unmet)) await this.#locate(unmet)
    const beyond = [this.#next, ...this.#outside].find((each) => each && cutOff(each))
    if (beyond) this.#found('truncated', size + 1, `is missing: ${beyond.size} entries were signed`)
  }

  #take(entry: AuditEntry): Promise<void> | undefined {
    this.#frontier.push(entryLeaf(entry.hash))
    this.#since.push(entry.hash)
    if (entry.kind === KEY_KIND) this.#admit(entry)
    if (this.#next?.log !== this.#log || this.#next.size !== this.#frontier.size)
      return this.#compareWitnessed()
    return this.#compare(this.#next).then(() => this.#compareWitnessed())
  }

  #compareWitnessed(): undefined {
    const { size } = this.#frontier
    const { anchor } = this.#vouchers
    for (const { log, size: at, root, note } of this.#outside) {
      if (log !== this.#log || at !== size) continue
      if (!this.#frontier.root().equals(root)) {
        this.#found('forked', size, 'or one before it is not what the witness saw')
      } else if (isSignedBy(this.#ring, note, log, anchor)) {
        this.#signed = { log, size }
      }
    }
  }

  #admit(entry: AuditEntry): void {
    this.#firstKey ??= { log: entry.log, seq: entry.seq }
    const introduction = readIntroduction(entry)
    const wrong = introduction ? this.#ring.admit(introduction) : 'brings in a key that cannot be read'
    if (wrong !== undefined) this.#found('bad_signature', entry.seq, wrong)
    this.#judgeEarly()
  }

  #judgeEarly(): void {
    const unsigned = this.#early.find(({ note }) => !isSignedBy(this.#ring, note, this.#log))
    if (unsigned) this.#found('bad_signature', unsigned.size, UNSIGNED)
    this.#early = []
  }

  async #compare({ note, size }: Omit<StoredCheckpoint, 'leaves'>): Promise<void> {
    const checkpoint = parseCheckpoint(note)?.checkpoint
    const { anchor } = this.#vouchers
    const early = this.#ring.keys.length === 0
    if (checkpoint?.size !== size || !(early || isSignedBy(this.#ring, note, this.#log))) {
      this.#found('bad_signature', size, UNSIGNED)
    } else if (!this.#frontier.root().equals(checkpoint.root)) {
      await this.#locate(checkpoint)
    } else if (early) {
      this.#early.push({ note, size })
    } else if (anchor === undefined || isSignedBy(this.#ring, note, this.#log, anchor)) {
      this.#signed = { log: this.#log, size }
    }
    this.#held = this.#frontier.copy()
    this.#since = new HashList()
    await this.#advance()
  }

  /** Which entry is not the one that was signed: the leaves that were kept tell, where they fit the signed root. */
  async #locate({ log, size, root }: SignedCheckpoint): Promise<void> {
    const first = this.#held.size + 1
    const leaves = Buffer.from((await this.#vouchers.leavesOf?.(log, size)) ?? [])
    const signed = this.#held.copy()
    let differs: number | undefined
    for (let at = 0; at * 32 < leaves.length; at += 1) {
      const leaf = leaves.subarray(at * 32, at * 32 + 32)
      signed.push(leaf)
      const hash = this.#since.get(at + 1)
      if (differs === undefined && hash !== undefined && !entryLeaf(hash).equals(leaf)) differs = first + at
    }
    const authentic = signed.size === size && signed.root().equals(root)
    if (authentic && differs !== undefined) this.#found('forked', differs, 'is not the entry that was signed')
    if (authentic || size > this.#frontier.size) return
    this.#found('forked', first, `or one after it, up to ${size}, is not the entry that was signed`)
  }

  async #advance(): Promise<void> {
    this.#begun = true
    const next = await this.#vouchers.stored?.next()
    this.#next = next?.done === false ? next.value : undefined
  }

  #found(kind: FindingKind, seq: number, what: string, log = this.#log): void {
    this.#finding ??= { kind, log, seq, message: `Entry ${seq} ${what}` }
  }
}
