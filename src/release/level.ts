/** How a gateway fares, counted from its start, as its metrics tell. */
export interface Counts {
  requests: number
  /** Answered with a status from 500 on, but not held back by maintenance. */
  failed: number
  /** Streams that ended before they were whole. */
  cut: number
  /** Requests that took at most so many seconds, by that bound; streams to their first byte. */
  durations: ReadonlyMap<number, number>
  /** Replies whose first words came within so many seconds, by that bound. */
  firstTokens: ReadonlyMap<number, number>
}

/** How it fared between two looks. */
export interface Level {
  requests: number
  failedShare: number
  cutShare: number
  /** The bound under which 95 % of requests stayed, in ms; NaN without any. */
  p95Ms: number
  replies: number
  /** The same until the first words of a reply. */
  firstTokenMs: number
}

/** Of a gateway that was never asked anything. */
export const NO_COUNTS: Counts = {
  requests: 0,
  failed: 0,
  cut: 0,
  durations: new Map(),
  firstTokens: new Map(),
}
export const NO_LEVEL: Level = levelBetween(NO_COUNTS, NO_COUNTS)

/** What a release may do worse than the one before. */
export interface Tolerance {
  /** Requests it must have answered before anything is said of it. */
  least: number
  failedShare: number
  cutShare: number
  /** How many times as long, and by how many ms longer at least. */
  p95Times: number
  p95Ms: number
  /** Replies it must have begun before anything is said of their first words, and what these may take longer. */
  leastReplies: number
  firstTokenMs: number
}

const TOLERANCE: Tolerance = {
  least: 20,
  failedShare: 0.01,
  cutShare: 0.02,
  p95Times: 3,
  p95Ms: 500,
  leastReplies: 5,
  // Most of it is Claude's own, which has good and bad hours.
  firstTokenMs: 3_000,
}

/** What people ask: probes, metrics and pages of ours say nothing of how they fare. */
const OURS = /^\/(?:health|metrics)/

/** Reads the metrics of a gateway (Prometheus text format 0.0.4). */
export function readCounts(text: string): Counts {
  const durations = new Map<number, number>()
  const firstTokens = new Map<number, number>()
  const counts = { requests: 0, failed: 0, cut: 0 }
  for (const { name, labels, value } of samples(text)) {
    if (OURS.test(labels.route ?? '')) continue
    if (name === 'helix_http_requests_total') {
      counts.requests += value
      if (Number(labels.status) >= 500) counts.failed += value
    } else if (name === 'helix_http_held_back_total')
      // These are among the failures, and are meant to be; any other 503 is none the better for its status.
      counts.failed -= value
    else if (name === 'helix_http_stream_duration_seconds_count' && labels.ended === 'cut')
      counts.cut += value
    else if (name === 'helix_http_request_duration_seconds_bucket') addTo(durations, labels.le, value)
    else if (name === 'helix_first_token_seconds_bucket') addTo(firstTokens, labels.le, value)
  }
  return { ...counts, durations, firstTokens }
}

function addTo(histogram: Map<number, number>, le: string | undefined, value: number): void {
  const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)
  histogram.set(bound, (histogram.get(bound) ?? 0) + value)
}

/** How it fared between two looks at its counts. */
export function levelBetween(before: Counts, after: Counts): Level {
  const requests = after.requests - before.requests
  const share = (count: number) => (requests > 0 ? count / requests : 0)
  return {
    requests,
    failedShare: share(after.failed - before.failed),
    cutShare: share(after.cut - before.cut),
    p95Ms: percentile95(before.durations, after.durations),
    replies: within(before.firstTokens, after.firstTokens, Number.POSITIVE_INFINITY),
    firstTokenMs: percentile95(before.firstTokens, after.firstTokens),
  }
}

/** In what a release is worse than the one before, in words; undefined when in nothing that counts. */
export function worsening(before: Level, now: Level, tolerance: Tolerance = TOLERANCE): string | undefined {
  const tooLong = (was: number, is: number, longerMs: number) =>
    is > Math.max(was * tolerance.p95Times, was + longerMs)
  if (
    now.replies >= tolerance.leastReplies &&
    tooLong(before.firstTokenMs, now.firstTokenMs, tolerance.firstTokenMs)
  )
    return `the first words of 95 % of its replies take up to ${now.firstTokenMs} ms, it was ${before.firstTokenMs} ms`
  if (now.requests < tolerance.least) return undefined
  if (now.failedShare > before.failedShare + tolerance.failedShare)
    return `${percent(now.failedShare)} of its answers are failures, it was ${percent(before.failedShare)}`
  if (now.cutShare > before.cutShare + tolerance.cutShare)
    return `${percent(now.cutShare)} of its streams were cut, it was ${percent(before.cutShare)}`
  if (tooLong(before.p95Ms, now.p95Ms, tolerance.p95Ms))
    return `95 % of its answers take up to ${now.p95Ms} ms, it was ${before.p95Ms} ms`
  return undefined
}

type Histogram = ReadonlyMap<number, number>

function within(before: Histogram, after: Histogram, bound: number): number {
  return (after.get(bound) ?? 0) - (before.get(bound) ?? 0)
}

function percentile95(before: Histogram, after: Histogram): number {
  const all = within(before, after, Number.POSITIVE_INFINITY)
  if (!(all > 0)) return Number.NaN
  const bounds = [...after.keys()].sort((a, b) => a - b)
  return (
    (bounds.find((bound) => within(before, after, bound) >= 0.95 * all) ?? Number.POSITIVE_INFINITY) * 1_000
  )
}

function* samples(text: string) {
  for (const line of text.split('\n')) {
    const [, name, braces = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? []
    if (name === undefined) continue
    const labels = Object.fromEntries(
      [...braces.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]),
    )
    yield { name, labels: labels as Record<string, string>, value: Number(value) }
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
