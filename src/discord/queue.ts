import type { AuditEntry, Channel } from '../audit/entry.ts'
import { exportLine } from '../audit/export.ts'
import type { Database, Queryable } from '../db/database.ts'
import { isHeld } from '../db/lease.ts'
import { HelixError } from '../errors.ts'

/** The lease of the one process that sends to Discord. */
export const DISCORD_LEASE = 'discord.outbox'

/** Read in pages this small, so that lines are never made for long at a stretch. */
const PAGE = 200
/** What one post takes at most: Discord's 10 MiB, less a reserve, and what a person would still open. */
export const MOST_ENTRIES = 2_000
const MOST_BYTES = 8 * 1024 * 1024

/** Entries that follow each other in a channel, and their export lines byte by byte. */
export interface Batch {
  entries: AuditEntry[]
  lines: Buffer
  /** Up to where the chain holds nothing else for this channel. */
  through: number
  /** Whether the channel had more than one post takes. */
  part: boolean
}

/** What Discord confirmed. `channel` is ours. */
export interface SentPost {
  log: string
  channel: Channel
  what: 'entries' | 'checkpoints'
  first: number
  last: number
  webhookId: string
  messageId: string
}

/** The last post of each channel that Discord confirmed. */
export function readSent(q: Queryable, log: string): Promise<SentPost[]> {
  return q.query<SentPost & Record<string, unknown>>(
    `select distinct on (channel, what) log_id as log, channel, what, first_seq as first, last_seq as last,
       webhook_id as "webhookId", message_id as "messageId"
     from public.discord_outbox where log_id = $1 order by channel, what, last_seq desc`,
    [log],
  )
}

/** Which entries of a channel to take. */
interface BatchRange {
  log: string
  channel: Channel
  after: number
  until: number
  /** How many at most. */
  most?: number
}

/** The next entries of a channel after `after`, as many as one post takes. */
export async function readBatch(
  q: Queryable,
  { log, channel, after, until, most = MOST_ENTRIES }: BatchRange,
): Promise<Batch> {
  const entries: AuditEntry[] = []
  const lines: Buffer[] = []
  let bytes = 0
  for (let at = after; ; ) {
    const rows = await q.query<
      Omit<AuditEntry, 'at' | 'schema' | 'log'> & { at: Date } & Record<string, unknown>
    >(
      `select seq, at, channel, kind, actor, data, prev, hash from public.audit_entries
       where log_id = $1 and seq > $2 and seq <= $3 and channel = $4 order by seq limit ${PAGE}`,
      [log, at, until, channel],
    )
    for (const row of rows) {
      const entry: AuditEntry = { ...row, schema: 1, log, at: row.at.toISOString() }
      const line = Buffer.from(exportLine(entry))
      bytes += line.length
      if (entries.length === most || bytes > MOST_BYTES) return batch(entries.at(-1)?.seq ?? after)
      entries.push(entry)
      lines.push(line)
    }
    if (rows.length < PAGE) return batch(until)
    at = entries.at(-1)?.seq ?? until
  }

  function batch(through: number): Batch {
    return { entries, lines: Buffer.concat(lines), through, part: through < until }
  }
}

/** A checkpoint that is kept. */
export interface KeptNote {
  size: number
  note: string
}

/** The first checkpoints after the one of `after` entries, as many as one post takes files. */
export function readNotes(q: Queryable, log: string, after: number): Promise<KeptNote[]> {
  return q.query<KeptNote & Record<string, unknown>>(
    'select size, note from public.audit_checkpoints where log_id = $1 and size > $2 order by size limit 10',
    [log, after],
  )
}

/** Keeps what Discord confirmed. @throws HelixError `lock_held` when the lease went to another process. */
export async function storeSent(db: Database, post: SentPost, fence: number | undefined): Promise<void> {
  const { log, channel, what, first, last, webhookId, messageId } = post
  await db.transaction('gateway', async (tx) => {
    if (fence !== undefined && !(await isHeld(tx, DISCORD_LEASE, fence)))
      throw new HelixError('lock_held', 'Another gateway sends to Discord by now', {
        hint: 'Nothing is lost: it goes on where this one ended.',
      })
    await tx.query(
      `insert into public.discord_outbox (log_id, channel, what, first_seq, last_seq, webhook_id, message_id)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [log, channel, what, first, last, webhookId, messageId],
    )
  })
}
