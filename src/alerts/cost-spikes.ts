import type { Queryable } from '../db/database.ts'
import type { Alerts } from './alerts.ts'

/** From when on the cost of a feature is a spike. */
interface SpikeThresholds {
  /** So many times what an hour usually costs. */
  factor: number
  /** What an hour may always cost, in US dollars. */
  leastUsd: number
  /** Over how many days it is found out what is usual. */
  days: number
}

export interface CostWatchDeps {
  q: Queryable
  alerts: Alerts
  thresholds: SpikeThresholds
  /** Whether this process is the one that looks. */
  isMine: () => boolean
  onError: (error: unknown) => void
  everyMs?: number
}

/** What a feature cost, in US dollars. */
interface Cost {
  purpose: string
  lastHour: number
  /** An hour, on average over the days before. */
  usual: number
}

const EVERY_MS = 60_000
/** What the ledger calls what people know by another name. */
const NAMES: Readonly<Record<string, string>> = { reply: 'chat', title: 'titles', summary: 'summaries' }

/** Looks each minute whether a feature costs far more than it usually does. Resolves to the way to end it. */
export function watchCosts(deps: CostWatchDeps): () => void {
  const { alerts, thresholds, isMine, onError, everyMs = EVERY_MS } = deps
  const raised = new Set<string>()

  async function look(): Promise<void> {
    if (!isMine() && raised.size === 0) return
    for (const cost of await readCosts(deps.q, thresholds.days)) judge(cost)
  }

  function judge({ purpose, lastHour, usual }: Cost): void {
    const feature = NAMES[purpose] ?? purpose
    const alert = `cost_spike_${feature}`
    const facts = { feature, lastHourUsd: toCents(lastHour), usualHourUsd: toCents(usual) }
    if (lastHour > Math.max(thresholds.leastUsd, usual * thresholds.factor)) {
      if (!isMine()) return
      raised.add(alert)
      const message = `${feature} cost $${lastHour.toFixed(2)} in the last hour; usual is $${usual.toFixed(2)} an hour`
      alerts.raise({ alert, severity: 'warning', message, facts, quietMs: null })
    } else if (raised.delete(alert)) {
      alerts.recover(alert, facts)
    }
  }

  const timer = setInterval(() => void look().catch(onError), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * What each feature cost in the last hour, and usually: real calls alone. While the ledger is younger than a day, nothing
 * is usual yet, and nothing is said.
 */
async function readCosts(q: Queryable, days: number): Promise<Cost[]> {
  const rows = await q.query<{ purpose: string; recent: number; before: number; hours: number }>(
    `with span as (
       select greatest(now() - $1 * interval '1 day', (select min(at) from public.usage_ledger)) as starts,
         now() - interval '1 hour' as recently
     )
     select l.purpose,
       coalesce(sum(l.cost_nano_usd) filter (where l.at > span.recently), 0)::float8 / 1e9 as recent,
       coalesce(sum(l.cost_nano_usd) filter (where l.at <= span.recently), 0)::float8 / 1e9 as before,
       extract(epoch from span.recently - span.starts)::float8 / 3600 as hours
     from span join public.usage_ledger l on l.at >= span.starts
     where not l.simulated and span.starts < now() - interval '1 day'
     group by l.purpose, span.starts, span.recently`,
    [days],
  )
  return rows.map(({ purpose, recent, before, hours }) => ({
    purpose,
    lastHour: recent,
    usual: before / Math.max(1, hours),
  }))
}

function toCents(usd: number): number {
  return Math.round(usd * 100) / 100
}
