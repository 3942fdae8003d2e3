import type { Series, SeriesPoint, SeriesQuery } from '../contract/admin/overview.ts'
import type { Database, Row } from '../db/database.ts'
import { type Buckets, merge, percentile } from './histogram.ts'

const MINUTE_MS = 60_000
/** Points of a series that nobody said a step for. */
const MOST_POINTS = 360

interface MinuteRow extends Row {
  point: number
  minute: Date
  requests: number
  errors: number
  response: Buckets
  first_token: Buckets
  open_streams: number
}

/** The traffic of all gateways over the minutes before this one. */
export async function readSeries(db: Database, query: SeriesQuery, now: Date): Promise<Series> {
  const { minutes, step = Math.ceil(minutes / MOST_POINTS) } = query
  const points = Math.ceil(minutes / step)
  const end = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS
  const start = end - points * step * MINUTE_MS
  const span = [new Date(start), new Date(end), step * 60]
  const [rows, costs] = await Promise.all([
    db.query<MinuteRow>(MINUTES, span),
    db.query<{ point: number; cost: number }>(COSTS, span),
  ])
  const grouped = Map.groupBy(rows, ({ point }) => point)
  const spent = new Map(costs.map(({ point, cost }) => [point, cost]))
  return {
    step,
    points: Array.from({ length: points }, (_, point) =>
      toPoint(new Date(start + point * step * MINUTE_MS), grouped.get(point) ?? [], spent.get(point) ?? 0),
    ),
  }
}

// By the primary key.
const MINUTES = `
  select floor(extract(epoch from minute - $1) / $3)::integer as point, minute, requests, errors, response,
    first_token, open_streams
  from public.traffic_minutes where minute >= $1 and minute < $2`

// By usage_ledger_at.
const COSTS = `
  select floor(extract(epoch from at - $1) / $3)::integer as point,
    coalesce(sum(cost_nano_usd) filter (where not simulated), 0)::bigint as cost
  from public.usage_ledger where at >= $1 and at < $2 group by 1`

function toPoint(at: Date, rows: readonly MinuteRow[], costNanoUsd: number): SeriesPoint {
  const response = merge(rows.map((row) => row.response))
  const firstToken = merge(rows.map((row) => row.first_token))
  const sum = (name: 'requests' | 'errors') => rows.reduce((all, row) => all + row[name], 0)
  const open = Map.groupBy(rows, ({ minute }) => minute.getTime())
  return {
    at: at.toISOString(),
    requests: sum('requests'),
    errors: sum('errors'),
    responseMs: {
      p50: percentile(response, 0.5),
      p95: percentile(response, 0.95),
      p99: percentile(response, 0.99),
    },
    ttftMs: { p50: percentile(firstToken, 0.5), p95: percentile(firstToken, 0.95) },
    openStreams: Math.max(
      0,
      ...[...open.values()].map((all) => all.reduce((sum, row) => sum + row.open_streams, 0)),
    ),
    costNanoUsd,
  }
}
