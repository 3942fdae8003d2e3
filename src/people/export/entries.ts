import type { Database, Row } from '../../db/database.ts'
import { paged } from './json-list.ts'

const MOST_CALLS = 1_000
/** Places of the chain looked at in one statement: no index knows whose an entry is, so that appending stays cheap. */
const STRIDE = 20_000

interface CallRow extends Row {
  id: number
  /** `at` to the microsecond, as PostgreSQL spells it. */
  moment: string
  at: Date
  generation_id: string
  purpose: string
  model: string
  input: number
  written: number
  read: number
  output: number
  cost: number | null
  estimated: boolean
  simulated: boolean
}

/** Every call in a person's name up to the row `ceiling` of the ledger, oldest first. */
export async function* callPages(db: Database, userId: string, ceiling: number) {
  const pages = paged<CallRow>((last) =>
    db.query(CALLS, [userId, last?.moment ?? '-infinity', last?.id ?? 0, ceiling, MOST_CALLS]),
  )
  for await (const page of pages) yield page.map(toCall)
}

/** Where a person is in the audit log, and in the logs it continues, up to `head` of the present one. */
export async function* entryPages(db: Database, actor: string, head: { log: string; seq: number }) {
  for (const [log, end] of await logsOf(db, head)) {
    for (let seq = 0; seq < end; seq += STRIDE) {
      const rows = await db.query<{ seq: number; at: Date; kind: string }>(
        `select seq, at, kind from public.audit_entries
         where log_id = $1 and seq > $2 and seq <= $3 and actor = $4 order by seq`,
        [log, seq, Math.min(seq + STRIDE, end), actor],
      )
      yield rows.map((row) => ({ log, seq: row.seq, at: row.at.toISOString(), kind: row.kind }))
    }
  }
}

/** Each log in the database with its last seq; the primary key tells them without reading the entries. */
async function logsOf(db: Database, head: { log: string; seq: number }): Promise<[string, number][]> {
  const rows = await db.query<{ log: string; end: number }>(
    `with recursive logs(log) as (
       select min(log_id) from public.audit_entries
       union all
       select (select min(e.log_id) from public.audit_entries e where e.log_id > logs.log) from logs
       where logs.log is not null
     )
     select log, (select max(e.seq) from public.audit_entries e where e.log_id = logs.log) as "end"
     from logs where log is not null`,
  )
  return rows.map(({ log, end }) => [log, log === head.log ? head.seq : end])
}

// By usage_ledger_user.
const CALLS = `
  select id, at, at::text as moment, generation_id, purpose, model, input_tokens as input,
    cache_creation_5m_input_tokens + cache_creation_1h_input_tokens as written, cache_read_input_tokens as read,
    output_tokens as output, cost_nano_usd as cost, estimated, simulated
  from public.usage_ledger
  where user_id = $1 and (at, id) > ($2::timestamptz, $3::bigint) and id <= $4
  order by at, id limit $5`

function toCall(row: CallRow) {
  return {
    at: row.at.toISOString(),
    generationId: row.generation_id,
    purpose: row.purpose,
    model: row.model,
    inputTokens: row.input,
    cacheCreationInputTokens: row.written,
    cacheReadInputTokens: row.read,
    outputTokens: row.output,
    costNanoUsd: row.cost,
    estimated: row.estimated,
    simulated: row.simulated,
  }
}
