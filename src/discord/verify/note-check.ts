import type { SignedCheckpoint } from '../../audit/checkpoints/checkpoint.ts'
import { CheckpointCheck } from '../../audit/checkpoints/checkpoint-check.ts'
import type { StoredCheckpoint } from '../../audit/checkpoints/stored.ts'
import type { AuditEntry } from '../../audit/entry.ts'
import type { Finding } from '../../audit/finding.ts'
import type { PostedNote } from './posted-notes.ts'

type Kept = Omit<StoredCheckpoint, 'leaves'>

export interface NoteCheckDeps {
  notes: AsyncIterable<PostedNote>
  /** The checkpoints that the database keeps, in the order of the log. */
  kept: AsyncIterable<Kept>
  /** The logs of the database in their order, and how far each goes. */
  sizes: ReadonlyMap<string, number>
  ignored: ReadonlySet<string>
  /** Checkpoints of no more entries of the present log, and those of logs before it, need not be there. */
  since: number
  /** How far Discord had confirmed the checkpoints of a log before the comparison began. */
  confirmedThrough: (log: string) => number
  /** How far the log of this database goes by now. */
  grownTo: () => Promise<number>
  /** The Merkle root over so many entries, from what the database keeps. */
  rootOf: (log: string, size: number) => Promise<Buffer>
  /** The leaves kept with a checkpoint. */
  leavesOf: (log: string, size: number) => Promise<Uint8Array | undefined>
  anchor: string | undefined
}

/** Compares the checkpoints that stand in Discord with the entries, the keys of the log, and what the database keeps. */
export class NoteCheck {
  readonly #deps: NoteCheckDeps
  readonly #check: CheckpointCheck
  #finding: Finding | undefined
  #unreadable: string | undefined
  #count = 0

  constructor(deps: NoteCheckDeps) {
    this.#deps = deps
    this.#check = new CheckpointCheck({
      stored: this.#inOrder(),
      leavesOf: deps.leavesOf,
      anchor: deps.anchor,
    })
  }

  /** How many checkpoints were read. */
  get count(): number {
    return this.#count
  }

  /** How far a trusted key signed what stands in Discord. */
  get signed(): { log: string; size: number } | undefined {
    return this.#check.signed
  }

  /** Takes the next entry of the database. */
  push(entry: AuditEntry): Promise<void> | undefined {
    return this.#check.push(entry)
  }

  /** What is wrong with the checkpoints, once all entries have come. */
  async end(): Promise<Finding[]> {
    const signed = await this.#check.end()
    const place = { log: [...this.#deps.sizes.keys()].at(-1) ?? '', size: this.signed?.size ?? 1 }
    if (this.#unreadable) this.#found('bad_signature', place, this.#unreadable)
    return [this.#finding, signed].filter((each) => each !== undefined)
  }

  /** The checkpoints of Discord, each once and in the order of the log, while those of the database keep step. */
  async *#inOrder(): AsyncGenerator<Kept> {
    const kept = this.#deps.kept[Symbol.asyncIterator]()
    let ours = await nextOf(kept)
    let last = { log: '', size: 0 }
    for await (const posted of this.#deps.notes) {
      const checkpoint = this.#read(posted)
      if (!checkpoint) continue
      const { log, size, note, root } = checkpoint
      if (!this.#isBefore(last, checkpoint)) {
        await this.#again(checkpoint)
        continue
      }
      if (await this.#isNewer(checkpoint)) break
      for (; ours && this.#isBefore(ours, checkpoint); ours = await nextOf(kept)) this.#missing(ours)
      if (ours?.log === log && ours.size === size) ours = await nextOf(kept)
      else
        this.#found(
          'gap',
          checkpoint,
          `The database does not keep the checkpoint of ${size} entries that Discord has`,
        )
      last = { log, size }
      yield { log, size, note, root: Buffer.from(root).toString('hex') }
    }
    for (; ours; ours = await nextOf(kept))
      if (ours.size <= this.#deps.confirmedThrough(ours.log)) this.#missing(ours)
  }

  /** What a post says of the logs that are compared. */
  #read({ message, checkpoint, fileName }: PostedNote): SignedCheckpoint | undefined {
    if (!message.ours) return undefined
    this.#count += 1
    if (!checkpoint) {
      this.#unreadable ??= `No checkpoint is in the file ${fileName} of message ${message.id}`
      return undefined
    }
    const { log, size } = checkpoint
    if (this.#deps.ignored.has(log) || !this.#deps.sizes.has(log)) return undefined
    if (message.edited)
      this.#found('edited', checkpoint, `The checkpoint of ${size} entries was edited in Discord`)
    return checkpoint
  }

  /** One that is there twice, as after a lost answer, or that somebody left long after its time. */
  async #again(checkpoint: SignedCheckpoint): Promise<void> {
    const { log, size, root } = checkpoint
    if ((await this.#deps.rootOf(log, size)).equals(root)) return
    this.#found(
      'forked',
      checkpoint,
      `Entry ${size}, or one before it, is not what a checkpoint in Discord says`,
    )
  }

  /** Made while this runs: the next comparison is theirs. */
  async #isNewer({ log, size }: SignedCheckpoint): Promise<boolean> {
    const present = [...this.#deps.sizes.keys()].at(-1)
    if (log !== present || size <= (this.#deps.sizes.get(log) ?? 0)) return false
    return size <= (await this.#deps.grownTo())
  }

  #missing({ log, size }: Kept): void {
    const { ignored, since, sizes } = this.#deps
    const wanted = since === 0 || (log === [...sizes.keys()].at(-1) && size > since)
    if (ignored.has(log) || !wanted) return
    this.#found('gap', { log, size }, `The checkpoint of ${size} entries is not in Discord, which had it`)
  }

  #isBefore(one: { log: string; size: number }, other: { log: string; size: number }): boolean {
    const order = [...this.#deps.sizes.keys()]
    return (
      order.indexOf(one.log) < order.indexOf(other.log) || (one.log === other.log && one.size < other.size)
    )
  }

  #found(kind: Finding['kind'], { log, size }: { log: string; size: number }, message: string): void {
    this.#finding ??= { kind, log, seq: size, message }
  }
}

async function nextOf<T>(items: AsyncIterator<T>): Promise<T | undefined> {
  const next = await items.next()
  return next.done === true ? undefined : next.value
}
