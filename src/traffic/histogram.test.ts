import { expect, test } from 'vitest'
import { type Buckets, count, merge, percentile } from './histogram.ts'

/** The time that this part of all took at most, as it is. */
function exact(times: readonly number[], part: number): number {
  const sorted = times.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}

test('percentiles of what several gateways counted are those of all times, right to within a tenth', () => {
  let seed = 7
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const all: number[] = []
  const gateways = Array.from({ length: 4 }, (_, nth) => {
    const buckets: Buckets = {}
    for (let n = 0; n < 500 * (nth + 1); n += 1) {
      const ms = Math.exp(random() * 9) * (nth + 1)
      all.push(ms)
      count(buckets, ms)
    }
    return buckets
  })
  const merged = merge(gateways)
  for (const part of [0.5, 0.95, 0.99]) {
    const known = percentile(merged, part) ?? Number.NaN
    expect(Math.abs(known / exact(all, part) - 1)).toBeLessThan(0.1)
  }
})

test('there is no percentile of nothing, and no time falls out of the scale', () => {
  expect(percentile({}, 0.5)).toBeNull()
  const buckets: Buckets = {}
  for (const ms of [-1, 0, 0.2, 1e9]) count(buckets, ms)
  expect(Object.values(buckets).reduce((sum, times) => sum + times, 0)).toBe(4)
  expect(percentile(buckets, 0.5)).toBe(1)
})
