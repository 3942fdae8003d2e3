import type { AdminOverview } from '../contract/admin/overview.ts'
import type { Health } from '../contract/health.ts'
import type { Database, Row } from '../db/database.ts'
import { readIncidents, toIncident } from '../incidents/stored.ts'
import { type Present, presentGateways } from './presence.ts'
import { readSeries } from './series.ts'
import { readTold } from './told.ts'

/** How long the counts of a day answer for, in ms. */
const REMEMBER_MS = 10_000

interface OverviewDeps {
  db: Database
  health: () => Promise<Health>
  /** What replies to everyone may cost a month, in US dollars; undefined means no limit. */
  monthlyUsd: number | undefined
  now?: () => Date
}

interface CountRow extends Row {
  messages: number
  replies: number
  failed: number
  active: number
  newcomers: number
  cost_today: number
  cost_hour: number
  cost_month: number
  people: number
  suspended: number
  up: number
  down: number
  errors: number
  log: string
  size: number
  intents: number
}

/** Makes the glance at everything: all gateways together, as the database has it. */
export function createOverview({ db, health, monthlyUsd, now = () => new Date() }: OverviewDeps) {
  const counted = remembered(() => db.query<CountRow>(COUNTS))
  const told = remembered(() => readTold(db))

  return async function overview(): Promise<AdminOverview> {
    const at = now()
    const [seen, gateways, series, incidents, [counts], { alerts, outboxAgeSeconds, backups }] =
      await Promise.all([
        health(),
        presentGateways(db),
        readSeries(db, { minutes: 1 }, at),
        readIncidents(db, { open: true }),
        counted(),
        told(),
      ])
    const [minute] = series.points
    const requests = minute?.requests ?? 0
    const sum = (name: 'openStreams' | 'openReplies') => gateways.reduce((all, one) => all + one[name], 0)
    return {
      at: at.toISOString(),
      health: seen,
      gateways: gateways.map(shown),
      live: {
        openStreams: sum('openStreams'),
        openReplies: sum('openReplies'),
        requestsPerMinute: requests,
        errorRate: requests === 0 ? null : (minute?.errors ?? 0) / requests,
        responseP95Ms: minute?.responseMs.p95 ?? null,
        costLastHourNanoUsd: counts?.cost_hour ?? 0,
        outboxAgeSeconds,
      },
      ...sums(counts, monthlyUsd),
      openIncidents: incidents.map(toIncident),
      backups,
      alerts,
    }
  }
}

/** What is dear to count, and is looked at every few seconds. */
function remembered<T>(ask: () => Promise<T>): () => Promise<T> {
  let known: { at: number; answer: Promise<T> } | undefined
  return () => {
    if (known && performance.now() - known.at < REMEMBER_MS) return known.answer
    const answer = ask()
    known = { at: performance.now(), answer }
    answer.catch(() => {
      known = undefined
    })
    return answer
  }
}

function shown({ startedAt, heardAt, openReplies: _, ...gateway }: Present) {
  return { ...gateway, startedAt: startedAt.toISOString(), heardAt: heardAt.toISOString() }
}

function sums(
  counts: CountRow | undefined,
  monthlyUsd: number | undefined,
): Pick<AdminOverview, 'today' | 'people' | 'month' | 'feedback' | 'clientErrors' | 'audit'> {
  const of = (name: Exclude<keyof CountRow, 'log'>) => Number(counts?.[name] ?? 0)
  return {
    today: {
      messages: of('messages'),
      replies: of('replies'),
      failedReplies: of('failed'),
      activePeople: of('active'),
      newPeople: of('newcomers'),
      costNanoUsd: of('cost_today'),
    },
    people: { total: of('people'), suspended: of('suspended') },
    month: {
      costNanoUsd: of('cost_month'),
      limitNanoUsd: monthlyUsd === undefined ? null : Math.round(monthlyUsd * 1e9),
    },
    feedback: { up: of('up'), down: of('down') },
    clientErrors: of('errors'),
    audit: { log: counts?.log ?? '', size: of('size'), openIntents: of('intents') },
  }
}

const TODAY = `(now() at time zone 'utc')::date`
const DAY_BEGAN = `${TODAY}::timestamp at time zone 'utc'`
const costSince = (begin: string) =>
  `coalesce(sum(cost_nano_usd) filter (where not simulated and at >= ${begin}), 0)::bigint`
const AN_HOUR_AGO = `now() - interval '1 hour'`

const COUNTS = `
  select
    (select coalesce(sum(messages_today), 0) from public.user_profiles where messages_day = ${TODAY}) as messages,
    (select count(*) from public.user_profiles where messages_day = ${TODAY} and messages_today > 0) as active,
    g.replies, g.failed, l.cost_today, l.cost_hour, s.people, s.newcomers, s.suspended, f.up, f.down,
    coalesce((select spent_nano_usd from public.budgets
      where holder = 'everyone' and starts_on = date_trunc('month', ${TODAY})::date), 0) as cost_month,
    (select count(*) from public.client_errors where last_seen_at > now() - interval '1 day') as errors,
    h.log_id as log, h.seq as size,
    (select count(*) from public.audit_entries e
      where e.log_id = h.log_id and (right(e.kind, 8) = '.request' or right(e.kind, 6) = '.start')
        and e.at < now() - interval '1 minute'
        and not exists (select from public.audit_entries c where c.log_id = e.log_id and c.intent = e.seq)) as intents
  from public.audit_head h,
    (select count(*) as replies, count(*) filter (where state in ('failed', 'interrupted')) as failed
      from public.generations where purpose = 'reply' and finished_at >= ${DAY_BEGAN}) g,
    (select ${costSince(DAY_BEGAN)} as cost_today, ${costSince(AN_HOUR_AGO)} as cost_hour
      from public.usage_ledger where at >= least(${DAY_BEGAN}, ${AN_HOUR_AGO})) l,
    (select count(*) as people, count(*) filter (where i.created_at >= ${DAY_BEGAN}) as newcomers,
      count(*) filter (where i.banned or p.status = 'suspended') as suspended
      from helix.signins() i left join public.user_profiles p on p.user_id = i.user_id) s,
    (select count(*) filter (where rating = 'up') as up, count(*) filter (where rating = 'down') as down
      from public.feedback where updated_at > now() - interval '7 days') f`
