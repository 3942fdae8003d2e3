import { readHead } from '../../audit/append.ts'
import { logTree } from '../../audit/checkpoints/log-tree.ts'
import { leavesOfCheckpoint, storedCheckpoints } from '../../audit/checkpoints/stored.ts'
import type { AuditEntry, Channel } from '../../audit/entry.ts'
import { continuedLogs, readEntries, readEntry } from '../../audit/export.ts'
import type { Finding } from '../../audit/finding.ts'
import type { Queryable } from '../../db/database.ts'
import { readSent } from '../queue.ts'
import type { DiscordApi } from '../setup/api.ts'
import { isUndeliverable } from '../undeliverable.ts'
import { ConfirmedPosts, knownWebhooks } from './confirmed.ts'
import type { ReadFile } from './file-bytes.ts'
import { NoteCheck } from './note-check.ts'
import { Passed } from './passed.ts'
import { readPosted } from './posted.ts'
import { readNotes } from './posted-notes.ts'
import { RoomCheck, type RoomCount } from './room-check.ts'
import type { Room } from './rooms.ts'

/** How long an entry may be on its way to Discord. */
export const DEFAULT_LAG_MS = 600_000

export interface DiscordVerifyDeps {
  q: Queryable
  api: DiscordApi
  readFile: ReadFile
  rooms: readonly Room[]
  /** Webhooks that are known to be ours, by id. */
  webhooks: readonly string[]
}

export interface DiscordVerifyOptions {
  /** Logs that Discord may hold more of than the database: given up, or another installation's. */
  ignored?: readonly string[]
  lagMs?: number
  /** Entries up to this one of the present log, and those of logs before it, need not be there. */
  since?: number | undefined
  /** The public key (hex) that the checkpoints must go back to. */
  anchor?: string | undefined
  now?: Date
  /** Told of how many entries were compared. */
  onProgress?: (entries: number) => void
}

/** What a comparison saw. */
export interface DiscordVerification {
  /** The first bad place; empty when nothing is wrong. */
  findings: Finding[]
  rooms: RoomCount[]
  /** Entries of channels that are nowhere in Discord. */
  unposted: number
  checkpoints: number
  signed: { log: string; size: number } | undefined
  /** Where the database's log ended when this began. */
  end: { log: string; seq: number; hash: string }
  /** How long Discord got an entry after it was made, at most, in ms. */
  latestMs: number
}

/**
 * Compares the log in the database, entry by entry, with what stands in Discord: the hashes of the lines in the files,
 * their order and their times, messages that were edited or are gone, and the checkpoints. Of both it holds no more than a
 * page at a time, and 32 bytes an entry.
 */
export async function verifyDiscord(
  deps: DiscordVerifyDeps,
  options: DiscordVerifyOptions = {},
): Promise<DiscordVerification> {
  const { q, rooms } = deps
  const { ignored = [], lagMs = DEFAULT_LAG_MS, since = 0, anchor, now = new Date(), onProgress } = options
  const start = await lookAtDatabase(q)
  const { end, logs } = start
  const passed = new Passed(logs)
  const ours = new Set([...deps.webhooks, ...(await knownWebhooks(q, logs))])
  const source = { ...deps, ours }
  const skip = new Set(ignored)
  const checks = new Map<Channel, RoomCheck>()
  for (const room of rooms) {
    const check = new RoomCheck(room, {
      lines: readPosted(source, room),
      ...{ passed, ignored: skip, dueBefore: now.getTime() - lagMs },
      confirmed: (log) => new ConfirmedPosts(q, { log, channel: room.channel }),
      confirmedThrough: (log) => start.confirmed(log, room.channel, 'entries'),
      newer: (log, seq) => readEntry(q, log, seq),
      isUndeliverable: (entry) => isUndeliverable(q, entry),
    })
    checks.set(room.channel, check)
  }
  const notes = noteCheckOf({ ...deps, ours }, start, { ignored: skip, since, anchor })
  const walk = { checks, notes, passed, end, since, onProgress }
  try {
    const { findings, unposted } = await compare(readEntries(q, { until: end }), walk)
    const all = [...findings, ...(await (notes?.end() ?? []))]
    return {
      findings: firstOf(all, logs),
      rooms: [...checks.values()].map(({ count }) => count),
      ...{ unposted, end, checkpoints: notes?.count ?? 0, signed: notes?.signed },
      latestMs: Math.max(0, ...[...checks.values()].map(({ latestMs }) => latestMs)),
    }
  } finally {
    for (const check of checks.values()) await check.end()
  }
}

interface Walk {
  checks: ReadonlyMap<Channel, RoomCheck>
  notes: NoteCheck | undefined
  passed: Passed
  end: { log: string; seq: number }
  since: number
  onProgress: ((entries: number) => void) | undefined
}

/** Walks the log once; ends at the first place that is wrong, and then with what was suspicious before it. */
async function compare(
  entries: AsyncIterable<AuditEntry>,
  { checks, notes, passed, end, since, onProgress }: Walk,
) {
  const findings: Finding[] = []
  let unposted = 0
  let count = 0
  for await (const entry of entries) {
    const check = checks.get(entry.channel)
    const wanted = since === 0 || (entry.log === end.log && entry.seq > since)
    const wrong = wanted ? await check?.find(entry) : undefined
    if (!check) unposted += 1
    await notes?.push(entry)
    passed.push(entry)
    count += 1
    onProgress?.(count)
    if (!wrong) continue
    findings.push(wrong)
    break
  }
  for (const check of checks.values()) {
    const beyond = findings.length === 0 ? await check.rest(end) : undefined
    if (beyond) findings.push(beyond)
  }
  const edited = [...checks.values()].map((check) => check.edited).filter((each) => each !== undefined)
  return { findings: [...findings, ...edited], unposted }
}

type Start = Awaited<ReturnType<typeof lookAtDatabase>>

/** What the database says before Discord is asked: whatever comes later may be there, or not yet. */
async function lookAtDatabase(q: Queryable) {
  const logs = await continuedLogs(q, (await readHead(q)).log)
  const kept = await storedCheckpoints(q, logs)
  const sent = (await Promise.all(logs.map((log) => readSent(q, log)))).flat()
  const end = await readHead(q)
  const sizes = new Map<string, number>()
  for (const log of logs) sizes.set(log, log === end.log ? end.seq : await sizeOf(q, log))
  const confirmed = (log: string, channel: Channel, what: 'entries' | 'checkpoints') =>
    sent.find((post) => post.log === log && post.channel === channel && post.what === what)?.last ?? 0
  return { logs, kept, end, sizes, confirmed }
}

async function sizeOf(q: Queryable, log: string): Promise<number> {
  const [row] = await q.query<{ size: number | null }>(
    'select max(seq) as size from public.audit_entries where log_id = $1',
    [log],
  )
  return row?.size ?? 0
}

interface NoteOptions {
  ignored: ReadonlySet<string>
  since: number
  anchor: string | undefined
}

function noteCheckOf(
  { q, rooms, api, readFile, ours }: DiscordVerifyDeps & { ours: ReadonlySet<string> },
  { kept, sizes, confirmed }: Start,
  { ignored, since, anchor }: NoteOptions,
): NoteCheck | undefined {
  const room = rooms.find(({ channel }) => channel === 'hash-chain')
  if (!room) return undefined
  return new NoteCheck({
    notes: readNotes({ api, readFile, ours }, room),
    ...{ kept, sizes, ignored, since, anchor },
    confirmedThrough: (log) => confirmed(log, 'hash-chain', 'checkpoints'),
    grownTo: async () => (await readHead(q)).seq,
    rootOf: (log, size) => logTree(q, log).hash([0, size]),
    leavesOf: (log, size) => leavesOfCheckpoint(q, log, size),
  })
}

/** The earliest of these; a log that the database does not know comes last. */
function firstOf(findings: readonly Finding[], logs: readonly string[]): Finding[] {
  const order = ({ log }: Finding) => (logs.includes(log) ? logs.indexOf(log) : logs.length)
  return [...findings].sort((one, other) => order(one) - order(other) || one.seq - other.seq).slice(0, 1)
}
