import type { Database } from '../../src/db/database.ts'

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

/** When intents were committed, as PostgreSQL itself keeps it, in epoch ms: of a message, and of a conversation's titles. */
export interface Announcements {
  ofMessage: ReadonlyMap<string, number>
  ofTitle: ReadonlyMap<string, number>
  intents: number
}

const COMMITTED = `extract(epoch from pg_xact_commit_timestamp(e.xmin))::float8 * 1000`

/** Reads what the chain announced. */
export async function announcements(db: Database): Promise<Announcements> {
  const rows = await db.query<{ content: string; purpose: string; committed: number }>(
    `select m.content, g.purpose, min(${COMMITTED}) as committed
     from public.session_messages m
     join public.generations g on g.user_id = m.user_id and g.session_key = m.session_key
       and (g.id = m.generation_id or g.purpose <> 'reply')
     join public.audit_entries e on e.seq = g.intent_seq and e.kind = 'claude.request'
     where m.role = 'user' group by 1, 2`,
  )
  const [count] = await db.query<{ intents: number }>(
    `select count(*)::int as intents from public.audit_entries where kind = 'claude.request'`,
  )
  const timesOf = (reply: boolean) =>
    new Map(
      rows
        .filter(({ purpose }) => (purpose === 'reply') === reply)
        .map(({ content, committed }) => [markerIn(content) ?? '', committed]),
    )
  return { ofMessage: timesOf(true), ofTitle: timesOf(false), intents: count?.intents ?? 0 }
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
