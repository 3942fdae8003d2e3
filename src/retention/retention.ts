import type { Audit } from '../audit/audit.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'

interface RetentionDeps {
  db: Pick<Database, 'query'>
  audit: Audit
  actor: string
  kept: Config['retention']
  onError: (error: unknown) => void
  everyMs?: number
}

const EVERY_MS = 10 * 60_000
/** Rows that go in one statement. */
const BATCH = 2_000

/** What one sweep has removed: conversations that were deleted, and rows of all kinds that were erased. */
export interface Swept {
  conversations: number
  rows: number
}

/**
 * Removes what has been kept long enough, every ten minutes until the function it returns is called. Any number of
 * gateways may do so at once.
 */
export function keepRetention(deps: RetentionDeps): () => void {
  let ended = false
  let sweeping = false

  async function sweepOnce(): Promise<void> {
    if (sweeping) return
    sweeping = true
    await sweep(deps, () => ended).finally(() => {
      sweeping = false
    })
  }

  const timer = setInterval(() => sweepOnce().catch(deps.onError), deps.everyMs ?? EVERY_MS)
  timer.unref()
  return () => {
    ended = true
    clearInterval(timer)
  }
}

/** Removes what has been kept long enough; what people wrote only once the log says so. */
export async function sweep(
  { db, audit, actor, kept }: Omit<RetentionDeps, 'onError'>,
  ended = () => false,
): Promise<Swept> {
  const all = async (text: string, limit: number) => {
    let sum = 0
    for (let gone = 1; gone > 0 && !ended(); sum += gone) {
      const [row] = await db.query<{ gone: number }>(text, [limit, BATCH])
      gone = row?.gone ?? 0
    }
    return sum
  }
  const { conversationDays = null, deletedDays, eventsHours, trafficDays } = kept
  await db.query(`delete from public.traffic_minutes where minute < now() - $1 * interval '1 day'`, [
    trafficDays,
  ])
  await all('select helix.expire_events($1, $2) as gone', eventsHours)
  if (!(await isDue(db, conversationDays, deletedDays))) return { conversations: 0, rows: 0 }
  const data = { conversationDays, deletedDays }
  return audit.act(
    { channel: 'commands', kind: 'retention.start', actor, data },
    async () => ({
      conversations:
        conversationDays === null
          ? 0
          : await all('select helix.expire_conversations($1, $2) as gone', conversationDays),
      rows: await all('select helix.erase_deleted($1, $2) as gone', deletedDays),
    }),
    (swept) => ({ ...swept }),
  )
}

async function isDue(
  db: Pick<Database, 'query'>,
  conversationDays: number | null,
  deletedDays: number,
): Promise<boolean> {
  const [row] = await db.query<{ due: boolean }>(
    `select exists (
       select from public.conversations c
       where c.deleted and not c.erased and c.updated_at < now() - $2 * interval '1 day'
     ) or exists (
       select from public.conversations c
       where $1::int is not null and not c.deleted
         and coalesce(c.last_message_at, c.created_at) < now() - $1::int * interval '1 day'
     ) as due`,
    [conversationDays, deletedDays],
  )
  return row?.due === true
}
