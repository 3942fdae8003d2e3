import type { Numbers, Times } from './picture.ts'
import type { Sample, Scraped } from './scrape.ts'

/** What is read of the metrics of one gateway at one moment; counters grow from one reading to the next. */
export interface Reading {
  /** In ms, of a clock that never goes back. */
  at: number
  requests: number
  errors: number
  costUsd: number
  /** So many took at most so long (seconds), by that time. */
  response: ReadonlyMap<number, number>
  firstToken: ReadonlyMap<number, number>
  openStreams: number
  openReplies: number
  outboxAgeSeconds: number
  databaseQueue: number
  /** When a restore was last proved, in seconds since 1970. */
  provedAt: number | undefined
}

/** What process managers, deploys, the administration and the monitor itself ask all day long is no traffic. */
const NO_TRAFFIC = /^\/(?:health(?:\/(?:live|ready|probe(?:\/:token)?))?$|metrics$|api\/admin\/)/

/** The names of all series that are read. */
export const READ = {
  requests: 'helix_http_requests_total',
  response: 'helix_http_request_duration_seconds_bucket',
  firstToken: 'helix_first_token_seconds_bucket',
  cost: 'helix_cost_usd_total',
  streams: 'helix_http_open_streams',
  replies: 'helix_open_replies',
  outbox: 'helix_discord_queue_age_seconds',
  connections: 'helix_db_connections',
  proved: 'helix_backup_proved_timestamp_seconds',
} as const

export function readingOf(scraped: Scraped, at: number): Reading {
  const of = (name: string) => scraped.get(name) ?? []
  const traffic = (name: string) => of(name).filter(({ labels }) => !NO_TRAFFIC.test(labels.route ?? ''))
  const requests = traffic(READ.requests)
  const waiting = of(READ.connections).filter(({ labels }) => labels.state === 'waited_for')
  return {
    at,
    requests: sum(requests),
    errors: sum(requests.filter(({ labels }) => labels.status?.startsWith('5'))),
    // What simulated replies would have cost is counted apart, and was never paid.
    costUsd: sum(of(READ.cost).filter(({ labels }) => labels.simulated !== 'true')),
    response: buckets(traffic(READ.response)),
    firstToken: buckets(of(READ.firstToken)),
    openStreams: sum(of(READ.streams)),
    openReplies: sum(of(READ.replies)),
    outboxAgeSeconds: sum(of(READ.outbox)),
    databaseQueue: sum(waiting),
    provedAt: of(READ.proved)[0]?.value,
  }
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((all, { value }) => all + value, 0)
}

function buckets(samples: readonly Sample[]): Map<number, number> {
  const all = new Map<number, number>()
  for (const { labels, value } of samples) {
    const end = labels.le === '+Inf' ? Infinity : Number(labels.le)
    all.set(end, (all.get(end) ?? 0) + value)
  }
  return all
}

/** What happened between readings, first and last of several gateways. States are those of the last. */
export function numbersOf(pairs: readonly { first: Reading; last: Reading }[]): Numbers {
  const grown = (of: (reading: Reading) => number) =>
    pairs.reduce((all, { first, last }) => all + Math.max(0, of(last) - of(first)), 0)
  const now = (of: (reading: Reading) => number) => pairs.reduce((all, { last }) => all + of(last), 0)
  const spanMs = Math.max(0, ...pairs.map(({ first, last }) => last.at - first.at))
  const requests = grown(({ requests }) => requests)
  const per = (ms: number, grownBy: number) => (spanMs === 0 ? null : (grownBy / spanMs) * ms)
  return {
    requestsPerMinute: per(60_000, requests),
    errorRate: requests === 0 ? null : grown(({ errors }) => errors) / requests,
    responseMs: timesBetween(pairs, ({ response }) => response),
    ttftMs: timesBetween(pairs, ({ firstToken }) => firstToken),
    openStreams: now(({ openStreams }) => openStreams),
    openReplies: now(({ openReplies }) => openReplies),
    costPerHourUsd: per(
      3_600_000,
      grown(({ costUsd }) => costUsd),
    ),
    outboxAgeSeconds: Math.max(0, ...pairs.map(({ last }) => last.outboxAgeSeconds)),
    databaseQueue: now(({ databaseQueue }) => databaseQueue),
  }
}

function timesBetween(
  pairs: readonly { first: Reading; last: Reading }[],
  of: (reading: Reading) => ReadonlyMap<number, number>,
): Times {
  const all = new Map<number, number>()
  for (const { first, last } of pairs)
    for (const [end, count] of of(last)) all.set(end, (all.get(end) ?? 0) + count - (of(first).get(end) ?? 0))
  const sorted = [...all].sort(([one], [other]) => one - other)
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) }
}

/** As Prometheus does it: within its bucket a time is taken to lie in proportion. In ms. */
function quantile(cumulative: readonly (readonly [number, number])[], part: number): number | null {
  const total = cumulative.at(-1)?.[1] ?? 0
  if (total <= 0) return null
  const wanted = part * total
  let [before, below] = [0, 0]
  for (const [end, count] of cumulative) {
    if (count >= wanted) {
      if (end === Infinity) return before * 1_000
      return (before + (end - before) * ((wanted - below) / Math.max(1e-9, count - below))) * 1_000
    }
    before = end
    below = count
  }
  return before * 1_000
}
