import type { AdminUsage } from '../contract/admin/reports.ts'
import type { UsageKind } from '../contract/usage.ts'
import type { Database, Row } from '../db/database.ts'
import type { Period } from './period.ts'

/** People a report names. */
const MOST_PEOPLE = 100

interface SumRow extends Row {
  kind: UsageKind
  calls: number
  input: number
  written: number
  read: number
  output: number
  cost: number
  unpriced: number
}

/** What everyone used over a period. */
export async function usageOfEveryone(db: Database, period: Period): Promise<AdminUsage> {
  const span = [period.from, period.to]
  const [totals, days, models, users] = await Promise.all([
    db.query<SumRow>(sumsBy(), span),
    db.query<SumRow & { date: string }>(sumsBy(`to_char(at at time zone 'utc', 'YYYY-MM-DD') as date`), span),
    db.query<SumRow & { model: string }>(`${sumsBy('model')} order by cost desc, model`, span),
    db.query<SumRow & { user_id: string | null; email: string | null }>(PEOPLE, [...span, MOST_PEOPLE]),
  ])
  return {
    ...period,
    totals: totals.map(toSums),
    days: days
      .map((row) => ({ date: row.date, ...toSums(row) }))
      .sort((one, other) => one.date.localeCompare(other.date)),
    models: models.map((row) => ({ model: row.model, ...toSums(row) })),
    users: users.map((row) => ({ userId: row.user_id, email: row.email, ...toSums(row) })),
  }
}

/** By usage_ledger_at, and by what is named beside the kind. */
function sumsBy(what?: string): string {
  const named = what === undefined ? '' : `, ${what}`
  return `
    select case when simulated then 'simulated' when estimated then 'estimated' else 'measured' end as kind${named},
      count(*) as calls, sum(input_tokens) as input,
      sum(cache_creation_5m_input_tokens + cache_creation_1h_input_tokens) as written,
      sum(cache_read_input_tokens) as read, sum(output_tokens) as output,
      coalesce(sum(cost_nano_usd), 0)::bigint as cost, count(*) filter (where cost_nano_usd is null) as unpriced
    from public.usage_ledger
    where at >= $1::date::timestamp at time zone 'utc' and at < ($2::date + 1)::timestamp at time zone 'utc'
    group by 1${what === undefined ? '' : ', 2'}`
}

const PEOPLE = `
  with sums as (${sumsBy('user_id')}), dearest as (
    select * from sums order by cost desc, user_id limit $3)
  select d.*, s.email
  from dearest d left join helix.signins(array(select user_id from dearest)) s on s.user_id = d.user_id
  order by d.cost desc, d.user_id`

function toSums(row: SumRow) {
  return {
    kind: row.kind,
    calls: row.calls,
    inputTokens: row.input,
    cacheCreationInputTokens: row.written,
    cacheReadInputTokens: row.read,
    outputTokens: row.output,
    costNanoUsd: row.cost,
    unpricedCalls: row.unpriced,
  }
}
