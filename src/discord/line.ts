import { type Head, readHead } from '../audit/append.ts'
import type { Channel } from '../audit/entry.ts'
import type { Database } from '../db/database.ts'
import type { WebhookAddress } from './address.ts'
import { DiscordFailure } from './failure.ts'
import { fileNameOf, noteFileName } from './file-name.ts'
import { PostSize } from './post-size.ts'
import { type Batch, type KeptNote, readBatch, readNotes, type SentPost, storeSent } from './queue.ts'
import { ReadBack } from './read-back.ts'
import type { Post, Posted, Sender } from './sender.ts'
import { summarize, summarizeNotes } from './summary.ts'
import { recordUndeliverable } from './undeliverable.ts'

const LONGEST_BACK_OFF_MS = 30_000
/** How long a channel rests in which Discord refuses one thing after the other. */
const REFUSED_REST_MS = 600_000

export interface LineDeps {
  db: Database
  sender: Sender
  channel: Channel
  address: WebhookAddress
  /** With which lost answers can be looked up; without it a post may be there twice after one. */
  botToken: string | undefined
  /** As the chain names who sends. */
  actor: string
  onPosted?: (() => void) | undefined
}

/** Under which right a line sends: the lease's token, and a signal that ends with it. */
export interface Hold {
  fence: number | undefined
  signal: AbortSignal
}

/** One channel's way to Discord: what comes next goes out when what came before is confirmed. */
export class Line {
  readonly channel: Channel
  readonly address: WebhookAddress
  #deps: LineDeps
  #log = ''
  #through = 0
  #notesThrough = 0
  #lastMessage: string | undefined
  /** Whether a post may be there that nobody noted. */
  #uncertain = true
  readonly #readBack: ReadBack
  readonly #size = new PostSize()
  #failures = 0
  #notBefore = 0
  #waitingSince: number | undefined

  constructor(deps: LineDeps) {
    this.#deps = deps
    this.channel = deps.channel
    this.address = deps.address
    this.#readBack = new ReadBack(deps)
  }

  /** Goes on after what is known to be sent; what another process sent last it may not have been able to note. */
  resume(log: string, sent: readonly SentPost[]): void {
    const mine = sent.filter(({ channel }) => channel === this.channel)
    const [entries, notes] = ['entries', 'checkpoints'].map((kind) => mine.find(({ what }) => what === kind))
    this.#log = log
    this.#through = entries?.last ?? 0
    this.#notesThrough = notes?.last ?? 0
    this.#lastMessage = entries?.messageId
    this.#uncertain = true
  }

  get failing(): boolean {
    return this.#failures > 0
  }

  /** How long the oldest entry that is ready has waited, in ms. */
  get waitedMs(): number {
    return this.#waitingSince === undefined ? 0 : Math.max(0, Date.now() - this.#waitingSince)
  }

  get ready(): boolean {
    return performance.now() >= this.#notBefore
  }

  /** Sends all there is up to `head`. What it throws is told once; it goes on where it was. */
  async advance({ seq }: Head, hold: Hold): Promise<void> {
    try {
      if (this.#uncertain) await this.#adoptLost(seq, hold)
      await this.#sendEntries(seq, hold)
      if (this.channel === 'hash-chain') await this.#sendNotes(hold)
    } catch (thrown) {
      this.#failures += 1
      const told = thrown instanceof DiscordFailure ? restAfter(thrown) : 0
      const backOff = Math.min(LONGEST_BACK_OFF_MS, 500 * 2 ** Math.min(this.#failures, 10))
      this.#notBefore = performance.now() + Math.max(told, backOff)
      if (!(thrown instanceof DiscordFailure) || thrown.kind === 'lost') this.#uncertain = true
      throw thrown
    }
  }

  async #sendEntries(until: number, hold: Hold): Promise<void> {
    const { db } = this.#deps
    while (this.#through < until) {
      const [waiting] = await db.query<{ at: Date }>(
        `select at from public.audit_entries
         where log_id = $1 and seq > $2 and seq <= $3 and channel = $4 order by seq limit 1`,
        [this.#log, this.#through, until, this.channel],
      )
      this.#waitingSince = waiting?.at.getTime()
      this.#through = waiting ? await this.#sendBatch(hold) : until
    }
    this.#waitingSince = undefined
  }

  /** Sends what there is once it may; answers how far that goes. */
  async #sendBatch(hold: Hold): Promise<number> {
    const { db } = this.#deps
    let batch: Batch | undefined
    const make = async () => {
      const { seq: until } = await readHead(db)
      const range = {
        log: this.#log,
        channel: this.channel,
        after: this.#through,
        until,
        most: this.#size.most,
      }
      batch = await readBatch(db, range)
      const { part } = batch
      const name = fileNameOf({ log: this.#log, channel: this.channel, ...placeOf(batch), part })
      const file = { name, type: 'application/jsonl', bytes: batch.lines }
      return { embeds: [summarize(this.channel, batch.entries)], files: [file] }
    }
    const posted = await this.#post(make, hold).catch((thrown) => refusalIn(thrown))
    // Refused before anything was to be posted: that is about the webhook.
    if (posted instanceof DiscordFailure && !batch) throw posted
    if (!batch) return this.#through
    if (posted instanceof DiscordFailure) return this.#afterRefusal(batch, posted)
    const { first, last } = placeOf(batch)
    await this.#keep('entries', first, last, posted.messageId, hold)
    this.#lastMessage = posted.messageId
    this.#size.taken(last)
    return batch.through
  }

  /** Half of what Discord refuses may be good. A single entry is left out, and the chain says so. */
  async #afterRefusal({ entries }: Batch, failure: DiscordFailure): Promise<number> {
    const [entry] = entries
    if (!entry || this.#size.halve(entries.length, entries.at(-1)?.seq ?? 0)) return this.#through
    if (!this.#size.leaveOut()) throw failure
    const { status, code } = failure
    await recordUndeliverable(this.#deps.db, entry, { status, code, actor: this.#deps.actor })
    return entry.seq
  }

  async #sendNotes(hold: Hold): Promise<void> {
    const { db } = this.#deps
    for (;;) {
      const notes = await readNotes(db, this.#log, this.#notesThrough)
      const [first, last] = [notes[0], notes.at(-1)]
      if (!first || !last) return
      const files = notes.map((note) => this.#noteFile(note))
      const make = async () => ({ embeds: [summarizeNotes(this.#log, notes)], files })
      const posted = await this.#post(make, hold)
      await this.#keep('checkpoints', first.size, last.size, posted.messageId, hold)
      this.#notesThrough = last.size
    }
  }

  #noteFile({ size, note }: KeptNote) {
    return { name: noteFileName(this.#log, size), type: 'text/plain', bytes: Buffer.from(note) }
  }

  async #post(make: () => Promise<Post>, { signal }: Hold): Promise<Posted> {
    const posted = await this.#deps.sender.post(this.address, make, signal)
    this.#failures = 0
    this.#deps.onPosted?.()
    return posted
  }

  #keep(
    what: SentPost['what'],
    first: number,
    last: number,
    messageId: string,
    { fence }: Hold,
  ): Promise<void> {
    const webhookId = this.address.id
    const post = { log: this.#log, channel: this.channel, what, first, last, webhookId, messageId }
    return storeSent(this.#deps.db, post, fence)
  }

  /** Notes what Discord has and nobody noted, as far as it follows at once: with anything between, that was not sent. */
  async #adoptLost(until: number, hold: Hold): Promise<void> {
    for await (const post of this.#readBack.posts(this.#log, this.#lastMessage, hold.signal)) {
      if (post.first <= this.#through || post.last > until) continue
      const range = { log: this.#log, channel: this.channel, after: this.#through, until: post.first - 1 }
      if ((await readBatch(this.#deps.db, range)).entries.length > 0) continue
      await this.#keep('entries', post.first, post.last, post.messageId, hold)
      this.#through = post.last
      this.#lastMessage = post.messageId
    }
    this.#uncertain = false
  }
}

/** The refusal of what was sent, if that is what was thrown; else it is thrown on. */
function refusalIn(thrown: unknown): DiscordFailure {
  if (thrown instanceof DiscordFailure && thrown.kind === 'refused') return thrown
  throw thrown
}

function restAfter({ kind, retryMs }: DiscordFailure): number {
  return kind === 'refused' ? REFUSED_REST_MS : retryMs
}

function placeOf({ entries }: Batch): { first: number; last: number } {
  return { first: entries[0]?.seq ?? 0, last: entries.at(-1)?.seq ?? 0 }
}
