import { listModels } from '../claude/models.ts'
import { cacheSavingsNanoUsd, tierBounds } from '../claude/price.ts'
import type { UsageKind, Usages } from '../contract/usage.ts'
import type { Database, Row } from '../db/database.ts'
import { dayOf, endOfDay, type Period } from './period.ts'
import { byDay, byModel, totalsOf } from './sums.ts'

/** Calls of one day, model, kind and price tier. */
interface LedgerRow extends Row {
  date: string
  model: string
  kind: UsageKind
  calls: number
  prompt: number
  input: number
  write_5m: number
  write_1h: number
  read: number
  output: number
  cost: number
  unpriced: number
}

interface TodayRow extends Row {
  messages: number
  spent: number
  reserved: number
  quota: number | null
}

const NOTHING = { messages: 0, spent: 0, reserved: 0, quota: null }

interface UsagesOptions {
  /** What replies to one person may cost a day, in US dollars; undefined means no limit. */
  userDailyUsd: number | undefined
  now?: () => Date
}

export type UsageReader = ReturnType<typeof createUsages>

/** What people used, each from their own rows of the ledger. */
export function createUsages(db: Database, { userDailyUsd, now = () => new Date() }: UsagesOptions) {
  const bounds = tierBounds(listModels()).map((bound) => bound + 1)
  const usualLimit = userDailyUsd === undefined ? null : Math.round(userDailyUsd * 1e9)

  return {
    now,

    async of(userId: string, period: Period): Promise<Usages> {
      const day = dayOf(now())
      const [ledger, [today]] = await Promise.all([
        db.query<LedgerRow>(LEDGER, [userId, period.from, period.to, bounds]),
        db.query<TodayRow>(TODAY, [userId, day]),
      ])
      const { messages, spent, reserved, quota } = today ?? NOTHING
      const limit = quota ?? usualLimit
      const rows = ledger.map(toDay)
      return {
        ...period,
        totals: totalsOf(rows),
        models: byModel(rows),
        days: byDay(rows),
        today: { date: day, messages, endsAt: endOfDay(day).toISOString() },
        budget: {
          limitNanoUsd: limit,
          spentNanoUsd: spent,
          reservedNanoUsd: reserved,
          remainingNanoUsd: limit === null ? null : Math.max(0, limit - spent - reserved),
        },
      }
    },
  }
}

// By usage_ledger_user. The tier goes by the length of the prompt, so that each row has one price.
const LEDGER = `
  select to_char(at at time zone 'utc', 'YYYY-MM-DD') as date, model,
    case when simulated then 'simulated' when estimated then 'estimated' else 'measured' end as kind,
    count(*) as calls, max(prompt) as prompt, sum(input_tokens) as input,
    sum(cache_creation_5m_input_tokens) as write_5m, sum(cache_creation_1h_input_tokens) as write_1h,
    sum(cache_read_input_tokens) as read, sum(output_tokens) as output,
    coalesce(sum(cost_nano_usd), 0)::bigint as cost, count(*) filter (where cost_nano_usd is null) as unpriced
  from public.usage_ledger, lateral (
    select input_tokens + cache_creation_5m_input_tokens + cache_creation_1h_input_tokens + cache_read_input_tokens
  ) as length (prompt)
  where user_id = $1 and at >= $2::date::timestamp at time zone 'utc'
    and at < ($3::date + 1)::timestamp at time zone 'utc'
  group by 1, 2, 3, width_bucket(prompt, $4::integer[])
  order by 1, 2, 3`

const TODAY = `
  select coalesce((select case when p.messages_day = $2::date then p.messages_today else 0 end
      from public.user_profiles p where p.user_id = $1::uuid), 0) as messages,
    coalesce((select b.spent_nano_usd from public.budgets b
      where b.holder = $1::text and b.starts_on = $2::date), 0) as spent,
    coalesce((select sum(g.reserved_nano_usd) from public.generations g
      where g.user_id = $1::uuid and g.finished_at is null), 0)::bigint as reserved,
    (select p.daily_quota_nano_usd from public.user_profiles p where p.user_id = $1::uuid) as quota`

function toDay(row: LedgerRow): Usages['days'][number] {
  const cached = {
    cacheReadInputTokens: row.read,
    cacheCreation5mInputTokens: row.write_5m,
    cacheCreation1hInputTokens: row.write_1h,
  }
  return {
    date: row.date,
    model: row.model,
    kind: row.kind,
    calls: row.calls,
    inputTokens: row.input,
    cacheCreationInputTokens: row.write_5m + row.write_1h,
    cacheReadInputTokens: row.read,
    outputTokens: row.output,
    costNanoUsd: row.cost,
    unpricedCalls: row.unpriced,
    cacheSavingsNanoUsd: cacheSavingsNanoUsd(row.model, new Date(row.date), cached, row.prompt) ?? 0,
  }
}
