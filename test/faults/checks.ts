import type { Database } from '../../src/db/database.ts'
import type { StrictDiscord } from '../discord/discord.ts'
import { snowflakeTime } from '../discord/snowflake.ts'

/** A request that reached Claude though no intent of it was committed before. */
export interface Unannounced {
  requestId: string
  why: string
}

interface Reached {
  requestId: string
  /** When it arrived, in whole epoch milliseconds. */
  at: number
  body: unknown
}

/** When intents were known somewhere, in epoch ms: of a message, and of a conversation's titles. */
export interface Announcements {
  ofMessage: ReadonlyMap<string, number>
  ofTitle: ReadonlyMap<string, number>
  intents: number
}

const COMMITTED = `extract(epoch from pg_xact_commit_timestamp(e.xmin))::float8 * 1000`

type Intent = {
  /** The message it is about. */
  content: string
  purpose: string
  seq: number
  committed: number
}

/** Reads what the chain announced: in `committed`, when PostgreSQL itself says so; in `posted`, when it was on Discord. */
export async function announcements(
  db: Database,
  discord: StrictDiscord,
): Promise<{ committed: Announcements; posted: Announcements }> {
  const intents = await db.query<Intent>(
    `select m.content, g.purpose, e.seq::int as seq, ${COMMITTED} as committed
     from public.session_messages m
     join public.generations g on g.user_id = m.user_id and g.session_key = m.session_key
       and (g.id = m.generation_id or g.purpose <> 'reply')
     join public.audit_entries e on e.seq = g.intent_seq and e.kind = 'claude.request'
     where m.role = 'user'`,
  )
  const [count] = await db.query<{ intents: number }>(
    `select count(*)::int as intents from public.audit_entries where kind = 'claude.request'`,
  )
  const posts = postedAt(discord)
  const known = (at: (intent: Intent) => number | undefined) => ({
    ofMessage: earliest(intents, (purpose) => purpose === 'reply', at),
    ofTitle: earliest(intents, (purpose) => purpose !== 'reply', at),
    intents: count?.intents ?? 0,
  })
  return { committed: known(({ committed }) => committed), posted: known(({ seq }) => posts.get(seq)) }
}

function earliest(
  intents: readonly Intent[],
  wanted: (purpose: string) => boolean,
  at: (intent: Intent) => number | undefined,
): Map<string, number> {
  const times = new Map<string, number>()
  for (const intent of intents) {
    const marker = markerIn(intent.content) ?? ''
    const time = at(intent)
    if (
      wanted(intent.purpose) &&
      time !== undefined &&
      time < (times.get(marker) ?? Number.POSITIVE_INFINITY)
    )
      times.set(marker, time)
  }
  return times
}

/** When each entry was on Discord, by Discord's own clock. */
function postedAt(discord: StrictDiscord): Map<number, number> {
  const times = new Map<number, number>()
  for (const { id, attachments } of discord.channels().flatMap(({ messages }) => messages))
    for (const { seq } of attachments.flatMap(entriesIn))
      if (!times.has(seq)) times.set(seq, snowflakeTime(id))
  return times
}

/** Checkpoints are attached, too, and are no entries. */
function entriesIn({ filename, bytes }: { filename: string; bytes: Buffer }): { seq: number }[] {
  if (!filename.endsWith('.jsonl')) return []
  return bytes
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** The requests without an earlier intent; each names the message it is about. */
export function unannounced(
  requests: readonly Reached[],
  { ofMessage, ofTitle }: Announcements,
): Unannounced[] {
  return requests.flatMap(({ requestId, at, body }) => {
    const marker = lastMarker(body)
    const times = isBackground(body) ? ofTitle : ofMessage
    const committed = marker === undefined ? undefined : times.get(marker)
    const found = (why: string) => [{ requestId, why }]
    if (committed === undefined) return found(`nothing on the chain announces ${marker ?? 'it'}`)
    // The arrival is told in whole milliseconds, the commit in microseconds.
    if (committed >= at + 1)
      return found(`${marker} was announced ${(committed - at).toFixed(1)} ms too late`)
    return []
  })
}

function markerIn(text: string): string | undefined {
  return /call-\d+\./.exec(text)?.[0]
}

function lastMarker(body: unknown): string | undefined {
  const { messages = [] } = (body ?? {}) as { messages?: unknown[] }
  return JSON.stringify(messages.at(-1) ?? '')
    .match(/call-\d+\./g)
    ?.at(-1)
}

/** A title or a summary: about a whole conversation, not an answer to its last message. */
function isBackground(body: unknown): boolean {
  return /Write a title|[Ss]ummar/.test(JSON.stringify((body as { system?: unknown } | null)?.system ?? ''))
}
