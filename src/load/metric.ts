import { HelixError } from '../errors.ts'
import type { LoadResult } from './result.ts'

/** Reads something measured off a result; null where there is nothing. */
export type Metric = (result: LoadResult) => number | null

const share = (part: number, whole: number) => (whole === 0 ? null : (part / whole) * 100)

const SINGLE: Readonly<Record<string, Metric>> = {
  error_rate: ({ users }) => share(users.offered - users.ended + users.failed, users.offered),
  refused: ({ requests }) => requests.refused,
  refused_rate: ({ requests }) => share(requests.refused, requests.sent),
  'http.request_rate': ({ rate }) => rate.reached,
  request_rate: ({ rate }) => rate.reached,
  'vusers.failed': ({ users }) => users.failed,
  'vusers.skipped': ({ users }) => users.skipped,
  'vusers.created': ({ users }) => users.started,
  'vusers.completed': ({ users }) => users.ended - users.failed,
  'http.requests': ({ requests }) => requests.sent,
  'http.responses': ({ requests }) => requests.answered,
  complete_rate: ({ streams }) => share(streams.complete, streams.started),
  stalls: ({ streams }) => streams.stalls,
  goodput: ({ goodput }) => share(goodput.met, goodput.judged),
}
/** Artillery's names of what we measure. */
const TIMES: Readonly<Record<string, keyof LoadResult['times']>> = {
  'http.response_time': 'response',
  response_time: 'response',
  service_time: 'service',
  first_token: 'firstToken',
  token_gap: 'tokenGap',
}
const POINT = /^(?:min|max|mean|p50|p75|p90|p95|p99|p999|p9999)$/

/** What has this name. @throws HelixError `usage` where nothing has */
export function metricOf(name: string): Metric {
  const single = Object.hasOwn(SINGLE, name) ? SINGLE[name] : undefined
  if (single) return single
  const [, of = '', point = ''] = /^(.+)\.([^.]+)$/.exec(name) ?? []
  const time = Object.hasOwn(TIMES, of) ? TIMES[of] : undefined
  const key = point === 'median' ? 'p50' : point
  if (time === undefined || !POINT.test(key)) throw unknown(name)
  return ({ times }) => times[time]?.[key as 'p50'] ?? null
}

function unknown(name: string): HelixError {
  return new HelixError('usage', `Nothing called ${name} is measured`, {
    hint: 'There are response_time, service_time, first_token and token_gap with .p50 to .p9999, .min, .max, .mean; error_rate, request_rate, complete_rate, goodput and refused_rate.',
  })
}
