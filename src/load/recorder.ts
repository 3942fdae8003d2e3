import { build, type Histogram } from 'hdr-histogram-js'
import type { Distribution, Second } from './result.ts'

/** Times that are told apart, all in ms: */
const TIMES = [
  /** from when a request was meant to go out to its last byte, */
  'response',
  /** from when it did go out, */
  'service',
  /** from when a stream was meant to be asked for to its first words, */
  'firstToken',
  /** between words of a stream, */
  'tokenGap',
  /** and from when a virtual user was meant to begin to when they began. */
  'lateness',
] as const
export type Time = (typeof TIMES)[number]

/** What happens to requests and virtual users, by the second. */
const COUNTS = ['offered', 'started', 'skipped', 'ended', 'sent', 'answered', 'failed', 'refused'] as const
export type Count = (typeof COUNTS)[number]

const PERCENTILES = [50, 75, 90, 95, 99, 99.9, 99.99, 100] as const
/** Points of the curve in a report, nearer to each other the further out. */
const CURVE = [0, 10, 25, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99, 100]

export type Recorder = ReturnType<typeof createRecorder>

/** Keeps what a test measures, in constant space however long it lasts. */
export function createRecorder() {
  const whole = Object.fromEntries(TIMES.map((time) => [time, histogram()])) as Record<Time, Histogram>
  /** Of those that are told by the second too; they are added to the whole as it ends. */
  const inSecond = { response: histogram(), firstToken: histogram() }
  const present: Record<Time, Histogram> = { ...whole, ...inSecond }
  const counts = Object.fromEntries(COUNTS.map((count) => [count, 0])) as Record<Count, number>
  let before = { ...counts }
  const statuses = new Map<number, number>()
  const failures = new Map<string, number>()
  const streams = { started: 0, complete: 0, failed: 0, cut: 0, stalls: 0 }
  const goals = { judged: 0, met: 0 }
  const seconds: Second[] = []

  function gather(): void {
    for (const name of ['response', 'firstToken'] as const) {
      whole[name].add(inSecond[name])
      inSecond[name].reset()
    }
  }

  return {
    counts,
    streams,
    goals,
    statuses,
    failures,
    seconds,
    time(name: Time, ms: number): void {
      present[name].recordValue(Math.max(1, Math.round(ms * 1_000)))
    },
    status: (code: number) => add(statuses, code),
    failure: (name: string) => add(failures, name),
    /** Ends a second of the test. */
    tick(open: number): Second {
      const since = (count: Count) => counts[count] - before[count]
      const second: Second = {
        ...(Object.fromEntries(COUNTS.map((count) => [count, since(count)])) as Record<Count, number>),
        open,
        ...percentilesOf(inSecond.response),
        firstTokenP95: at(inSecond.firstToken, 95),
      }
      before = { ...counts }
      gather()
      seconds.push(second)
      return second
    },
    distribution(name: Time): Distribution | null {
      gather()
      return distributionOf(whole[name])
    },
  }
}

function histogram(): Histogram {
  // Microseconds up to an hour, each told to a thousandth.
  return build({ highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3, bitBucketSize: 32 })
}

function at(histogram: Histogram, percentile: number): number | null {
  return histogram.totalCount === 0 ? null : histogram.getValueAtPercentile(percentile) / 1_000
}

function percentilesOf(histogram: Histogram): Pick<Second, 'p50' | 'p95' | 'p99'> {
  return { p50: at(histogram, 50), p95: at(histogram, 95), p99: at(histogram, 99) }
}

function distributionOf(histogram: Histogram): Distribution | null {
  if (histogram.totalCount === 0) return null
  const value = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1_000
  const [p50, p75, p90, p95, p99, p999, p9999, max] = PERCENTILES.map(value) as [number, ...number[]]
  return {
    count: histogram.totalCount,
    min: histogram.minNonZeroValue / 1_000,
    mean: histogram.mean / 1_000,
    ...({ p50, p75, p90, p95, p99, p999, p9999, max } as Omit<
      Distribution,
      'count' | 'min' | 'mean' | 'curve'
    >),
    curve: CURVE.map((percentile) => [percentile, value(percentile)]),
  }
}

function add<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
