import type { AuditEntry } from '../../audit/entry.ts'
import type { Finding } from '../../audit/finding.ts'
import { Ahead } from './ahead.ts'
import type { ConfirmedPosts } from './confirmed.ts'
import type { Passed } from './passed.ts'
import { editedAt, findingAt, type Place } from './place-finding.ts'
import { PostTimes } from './post-times.ts'
import type { PostedLine, PostMessage } from './posted.ts'
import type { Room } from './rooms.ts'

/** What there is to compare a channel with. */
export interface RoomCheckDeps {
  lines: AsyncIterable<PostedLine>
  /** The entries of all channels so far; the one that is compared is not among them yet. */
  passed: Passed
  /** Logs that Discord may hold more of than the database. */
  ignored: ReadonlySet<string>
  /** The posts of a log that Discord confirmed. */
  confirmed: (log: string) => ConfirmedPosts
  /** How far Discord had confirmed a log before the comparison began. */
  confirmedThrough: (log: string) => number
  /** Entries made before this moment must be there; later ones may still be on their way. */
  dueBefore: number
  /** An entry of the database that came to be after the comparison began. */
  newer: (log: string, seq: number) => Promise<AuditEntry | undefined>
  /** Whether the log says that an entry could not be posted. */
  isUndeliverable: (entry: AuditEntry) => Promise<boolean>
}

/** What was seen of one channel. */
export interface RoomCount {
  room: string
  /** Entries that are in Discord as they are in the database. */
  same: number
  /** Lines that were there before. */
  repeated: number
  /** Lines that others left, and that say nothing else than ours. */
  copies: number
  /** Entries that are not there yet. */
  waiting: number
  /** Entries of which the log says that Discord would not take them. */
  undeliverable: number
}

/** Compares the entries of one channel, as the database has them, with what stands in Discord. */
export class RoomCheck {
  readonly #lines: Ahead<PostedLine>
  readonly #deps: RoomCheckDeps
  readonly count: RoomCount
  #confirmed: { log: string; posts: ConfirmedPosts } | undefined
  readonly #times = new PostTimes()
  #edited: { messageId: string; finding: Finding } | undefined

  constructor(room: Room, deps: RoomCheckDeps) {
    this.#deps = deps
    this.#lines = new Ahead(deps.lines)
    const nothing = { same: 0, repeated: 0, copies: 0, waiting: 0, undeliverable: 0 }
    this.count = { room: room.name, ...nothing }
  }

  /** Looks for the next entry of the channel; what is wrong at its place, or on the way to it. */
  async find(entry: AuditEntry): Promise<Finding | undefined> {
    for (;;) {
      const line = await this.#lines.peek()
      if (!line) return this.#absent(entry)
      const { message } = line
      if (message.ours && isAt(line.entry, entry)) {
        if (line.entry?.hash === entry.hash) return this.#meet(message, entry)
        if (message.edited) return this.#changed(message, entry)
        return findingAt('forked', entry, 'is not the entry that Discord has at its place')
      }
      const passing = await this.#pass(line, entry)
      if (passing === 'missing') return this.#missing(entry)
      if (passing) return passing
      this.#lines.take()
    }
  }

  /** What stands in Discord beyond the end of the database's log, `end`. */
  async rest(end: { log: string; seq: number }): Promise<Finding | undefined> {
    const next = { ...end, seq: end.seq + 1 }
    for (let line = await this.#lines.peek(); line; line = await this.#lines.peek()) {
      const passing = await this.#pass(line, next)
      if (passing === 'missing') {
        const { entry } = line
        const newer = entry && (await this.#deps.newer(entry.log, entry.seq))
        if (newer && newer.hash === entry.hash) return undefined
        return findingAt('truncated', next, `is missing in the database: Discord has entry ${entry?.seq}`)
      }
      if (passing) return passing
      this.#lines.take()
    }
    return undefined
  }

  /** The first message that was edited in Discord, though what it says of the log is true. */
  get edited(): Finding | undefined {
    return this.#edited?.finding
  }

  /** How long Discord got an entry after it was made, at most, in ms. */
  get latestMs(): number {
    return this.#times.latestMs
  }

  end(): Promise<void> {
    return this.#lines.end()
  }

  /** A line that is not the one looked for: undefined to go on, `missing` where what is looked for should have come. */
  async #pass({ message, entry }: PostedLine, wanted: Place): Promise<Finding | 'missing' | undefined> {
    if (!message.ours) return entry && this.#foreign(entry)
    const standing = entry && this.#deps.passed.standing(entry)
    if (message.edited && (!entry || standing !== 'same'))
      return this.#changed(message, entry && standing === 'other' ? entry : wanted)
    if (!entry)
      return findingAt('edited', wanted, 'or a line in its place is not in Discord as it was posted')
    if (standing === 'ahead') return 'missing'
    if (standing === 'same') {
      this.count.repeated += 1
      this.#suspect(message, entry)
    }
    if (standing === 'same' || this.#deps.ignored.has(entry.log)) return undefined
    if (standing === 'other')
      return findingAt('forked', entry, 'stands in Discord with two contents, or with another')
    const after = this.#deps.passed.size(entry.log)
    const what = `is missing in the database: Discord has entry ${entry.seq} of log ${entry.log}`
    return findingAt('truncated', { log: entry.log, seq: after + 1 }, what)
  }

  /** What others left counts for nothing, but may not pass for ours. */
  async #foreign(entry: AuditEntry): Promise<Finding | undefined> {
    const standing = this.#deps.passed.standing(entry)
    const known = standing === 'ahead' ? await this.#deps.newer(entry.log, entry.seq) : undefined
    if (standing === 'same' || standing === 'stranger' || known?.hash === entry.hash) {
      this.count.copies += 1
      return undefined
    }
    return findingAt('forked', entry, 'was left in Discord by somebody else, and is not in the log')
  }

  async #meet(message: PostMessage, entry: AuditEntry): Promise<Finding | undefined> {
    this.#lines.take()
    this.count.same += 1
    this.#suspect(message, entry)
    const wrongTime = this.#times.check(entry, message)
    if (wrongTime) return wrongTime
    const post = await this.#postsOf(entry.log).of(entry.seq)
    // An earlier message is one whose answer was lost; a later one took the place of what Discord had confirmed.
    if (!post || BigInt(message.id) <= BigInt(post.messageId)) return undefined
    const what = `was posted anew, in message ${message.id}: ${post.messageId}, which Discord had confirmed, is gone`
    return findingAt('reordered', entry, what)
  }

  /** An edit is none of ours, also where what the file says is as it was: then it is told of its first entry. */
  #suspect(message: PostMessage, entry: AuditEntry): void {
    if (message.edited) this.#edited ??= { messageId: message.id, finding: editedAt(entry, message.id) }
  }

  /** Where a line of an edited message is not what it was, that place tells more than the message's first entry. */
  #changed(message: PostMessage, place: Place): Finding {
    if (this.#edited?.messageId === message.id) this.#edited = undefined
    return editedAt(place, message.id)
  }

  #postsOf(log: string): ConfirmedPosts {
    if (this.#confirmed?.log !== log) this.#confirmed = { log, posts: this.#deps.confirmed(log) }
    return this.#confirmed.posts
  }

  /** Nothing more comes in this channel. */
  async #absent(entry: AuditEntry): Promise<Finding | undefined> {
    if (await this.#excused(entry)) return undefined
    const confirmed = entry.seq <= this.#deps.confirmedThrough(entry.log)
    if (confirmed) return findingAt('truncated', entry, 'is gone from Discord, which had confirmed it')
    if (Date.parse(entry.at) < this.#deps.dueBefore)
      return findingAt('truncated', entry, `is not in Discord, though it was made at ${entry.at}`)
    this.count.waiting += 1
    return undefined
  }

  /** Later ones are there already: either it comes late, or it never does. */
  async #missing(entry: AuditEntry): Promise<Finding | undefined> {
    if (await this.#excused(entry)) return undefined
    for (let line = await this.#lines.peek(); line; line = await this.#lines.peek()) {
      if (line.message.ours && isAt(line.entry, entry) && line.entry?.hash === entry.hash)
        return findingAt('reordered', entry, 'comes in Discord after entries that follow it')
      this.#lines.take()
    }
    return findingAt('gap', entry, 'is not in Discord, though later ones are')
  }

  async #excused(entry: AuditEntry): Promise<boolean> {
    if (!(await this.#deps.isUndeliverable(entry))) return false
    this.count.undeliverable += 1
    return true
  }
}

function isAt(entry: AuditEntry | undefined, { log, seq }: Place): boolean {
  return entry?.log === log && entry.seq === seq
}
