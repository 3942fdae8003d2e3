/** Times in the buckets of a logarithmic scale, by bucket: `{"87": 3}`. Those of several can be added up. */
export type Buckets = Record<string, number>

/** Each bucket ends a tenth above the one before, so that a percentile is right to within a tenth. */
const GROWTH = 1.1
/** The last bucket: what takes longer, about three hours, counts there. */
const LAST = 170

/** Counts one time, in ms. */
export function count(buckets: Buckets, ms: number): void {
  const bucket = Math.min(LAST, Math.max(0, Math.ceil(Math.log(Math.max(ms, 1)) / Math.log(GROWTH))))
  buckets[bucket] = (buckets[bucket] ?? 0) + 1
}

/** All together. */
export function merge(all: readonly Buckets[]): Buckets {
  const sum: Buckets = {}
  for (const buckets of all)
    for (const [bucket, times] of Object.entries(buckets)) sum[bucket] = (sum[bucket] ?? 0) + times
  return sum
}

/** The time that this part (0..1) of all took at most, in ms; null where there were none. */
export function percentile(buckets: Buckets, part: number): number | null {
  const known = Object.entries(buckets).map(([bucket, times]) => [Number(bucket), times] as const)
  const total = known.reduce((sum, [, times]) => sum + times, 0)
  if (total === 0) return null
  let passed = 0
  for (const [bucket, times] of known.sort(([one], [other]) => one - other)) {
    passed += times
    if (passed >= part * total) return middle(bucket)
  }
  return middle(LAST)
}

/** What a time in a bucket is taken for: at most a twentieth off. */
function middle(bucket: number): number {
  const ms = bucket === 0 ? 1 : GROWTH ** (bucket - 0.5)
  return ms < 100 ? Math.round(ms * 10) / 10 : Math.round(ms)
}
