import { HelixError } from '../errors.ts'
import type { LoadResult, Threshold } from './result.ts'
import type { Ensure } from './script/schema.ts'

/** Artillery's names of what we measure. */
const NAMES: Record<string, keyof LoadResult['times']> = {
  'http.response_time': 'response',
  response_time: 'response',
  service_time: 'service',
  first_token: 'firstToken',
  token_gap: 'tokenGap',
}
const TERM = /^\s*([\w.]+)\s*(<=|>=|<|>|==)\s*(-?\d+(?:\.\d+)?)\s*$/

/**
 * What was promised of a test, and whether it was kept. What was not measured keeps no promise.
 * @throws HelixError `usage` for what names nothing that is measured
 */
export function judgeThresholds(result: LoadResult, ensure: Ensure | undefined): Threshold[] {
  const { thresholds = [], conditions = [], maxErrorRate }: Partial<Ensure> = ensure ?? {}
  const judged = thresholds.flatMap((each) =>
    Object.entries(each).map(([metric, most]) => atMost(result, metric, most)),
  )
  for (const name of ['min', 'max', 'median', 'p50', 'p95', 'p99'] as const) {
    const most = ensure?.[name]
    if (most !== undefined) judged.push(atMost(result, `response_time.${name}`, most))
  }
  if (maxErrorRate !== undefined) judged.push(atMost(result, 'error_rate', maxErrorRate))
  for (const { expression, strict } of conditions) judged.push(judgeCondition(result, expression, strict))
  return judged
}

function atMost(result: LoadResult, metric: string, most: number): Threshold {
  const got = measured(result, metric)
  return { what: `${metric} <= ${most}`, got, ok: got !== null && got <= most, strict: true }
}

/** Terms such as `response_time.p95 < 250`, joined by `and` or by `or`. */
function judgeCondition(result: LoadResult, expression: string, strict: boolean): Threshold {
  const either = expression
    .split(/\s+or\s+/i)
    .map((all) => all.split(/\s+and\s+/i).map((term) => holds(result, term)))
  const [only] = either.flat()
  return {
    what: expression,
    got: either.flat().length === 1 ? (only?.got ?? null) : null,
    ok: either.some((all) => all.every(({ ok }) => ok)),
    strict,
  }
}

function holds(result: LoadResult, term: string): { ok: boolean; got: number | null } {
  const [, metric = '', operator, right] = TERM.exec(term) ?? []
  if (operator === undefined) throw unknown(term)
  const got = measured(result, metric)
  const limit = Number(right)
  if (got === null) return { ok: false, got }
  const ok = {
    '<': got < limit,
    '<=': got <= limit,
    '>': got > limit,
    '>=': got >= limit,
    '==': got === limit,
  }[operator as '<']
  return { ok, got }
}

/** A measured value by its name; null where there is none. @throws HelixError `usage` for an unknown name */
function measured(
  { users, requests, rate, streams, goodput, times }: LoadResult,
  metric: string,
): number | null {
  const share = (part: number, whole: number) => (whole === 0 ? null : (part / whole) * 100)
  const single: Record<string, number | null> = {
    error_rate: share(users.offered - users.ended + users.failed, users.offered),
    refused: requests.refused,
    refused_rate: share(requests.refused, requests.sent),
    'http.request_rate': rate.reached,
    request_rate: rate.reached,
    'vusers.failed': users.failed,
    'vusers.skipped': users.skipped,
    'vusers.created': users.started,
    'vusers.completed': users.ended - users.failed,
    'http.requests': requests.sent,
    'http.responses': requests.answered,
    complete_rate: share(streams.complete, streams.started),
    stalls: streams.stalls,
    goodput: share(goodput.met, goodput.judged),
  }
  if (Object.hasOwn(single, metric)) return single[metric] ?? null
  const [, name = '', point = ''] = /^(.+)\.([^.]+)$/.exec(metric) ?? []
  const time = NAMES[name]
  const key = point === 'median' ? 'p50' : point
  if (time === undefined || !/^(?:min|max|mean|p50|p75|p90|p95|p99|p999|p9999)$/.test(key))
    throw unknown(metric)
  return times[time]?.[key as 'p50'] ?? null
}

function unknown(metric: string): HelixError {
  return new HelixError('usage', `Nothing called ${metric} is measured`, {
    hint: 'There are response_time, service_time, first_token and token_gap with .p50 to .p9999, .min, .max, .mean; error_rate, request_rate, complete_rate, goodput and refused_rate.',
  })
}

/** Those whose missing makes the test fail. */
export function missed(thresholds: readonly Threshold[]): Threshold[] {
  return thresholds.filter(({ ok, strict }) => strict && !ok)
}
