import type { LoadResult } from '../result.ts'

/** How one measure of two tests differs. */
export interface Difference {
  measure: string
  before: number
  after: number
  /** In percent of before; above zero is worse. */
  worseBy: number
}

/** Of a measure that was near nothing before, smaller differences than this say nothing. */
const SMALLEST = { ms: 1, percent: 0.1, rate: 1 }

/** How the second test differs from the first, in what both have measured. */
export function compareResults(before: LoadResult, after: LoadResult): Difference[] {
  const share = (part: number, whole: number) => (whole === 0 ? 0 : (part / whole) * 100)
  const higher = (measure: string, a: number, b: number, least: number) =>
    difference(measure, a, b, least, -1)
  const lower = (measure: string, a: number, b: number, least: number) => difference(measure, a, b, least, 1)
  const found = [higher('answers a second', before.rate.reached, after.rate.reached, SMALLEST.rate)]
  for (const [time, name] of [
    ['response', 'response'],
    ['firstToken', 'first words'],
    ['tokenGap', 'between words'],
  ] as const) {
    const [a, b] = [before.times[time], after.times[time]]
    if (!a || !b) continue
    for (const point of ['p50', 'p95', 'p99'] as const)
      found.push(lower(`${name} ${point} (ms)`, a[point], b[point], SMALLEST.ms))
  }
  const failedShare = ({ requests }: LoadResult) => share(requests.failed, requests.sent)
  found.push(lower('failed (%)', failedShare(before), failedShare(after), SMALLEST.percent))
  if (before.streams.started > 0 && after.streams.started > 0) {
    const cut = ({ streams }: LoadResult) => share(streams.started - streams.complete, streams.started)
    found.push(lower('streams not whole (%)', cut(before), cut(after), SMALLEST.percent))
  }
  return found
}

function difference(measure: string, before: number, after: number, least: number, sign: 1 | -1): Difference {
  const change = (after - before) * sign
  const worseBy = Math.abs(change) < least ? 0 : (change / Math.max(before, least)) * 100
  return { measure, before, after, worseBy }
}
