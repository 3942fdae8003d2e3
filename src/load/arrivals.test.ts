import { describe, expect, test } from 'vitest'
import { arrivalsOf, sizeOf } from './arrivals.ts'
import type { Phase } from './script/schema.ts'

/** Numbers that look drawn, the same for the same seed (Mulberry32). */
function drawn(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const rising: Phase = { arrivalRate: 0.01, rampTo: 100, duration: 60_000, mode: 'poisson' }
const fromNothing: Phase = { arrivalRate: 0, rampTo: 2, duration: 3_000, mode: 'poisson' }
const seldom: Phase = { arrivalRate: 0.5, duration: 20_500, mode: 'poisson' }

describe('arrivals by chance', () => {
  test.for([
    ['a rate that rises from next to nothing', rising, 50.005 * 60],
    ['a rate that rises from nothing', fromNothing, 3],
    ['a rate of less than one a second', seldom, 10.25],
  ] as const)('are on average as many as %s makes', ([, phase, expected]) => {
    const runs = Math.ceil(20_000 / expected)
    const counts = Array.from({ length: runs }, (_, run) => [...arrivalsOf([phase], drawn(run))].length)
    expect(counts.reduce((sum, count) => sum + count) / runs / expected).toBeCloseTo(1, 1)
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(expected > 1_000 ? expected * 0.9 : 0)
  })

  test('come in order, within their phase, and none while the rate is zero', () => {
    const times = [...arrivalsOf([{ pause: 1_000 }, fromNothing], drawn(7))].map(({ at }) => at)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.every((at) => at >= 2_000 && at <= 4_000)).toBe(true)
  })
})

test('as many are told before a test as will come, however they come', () => {
  expect(sizeOf([{ arrivalRate: 100, duration: 10_000, mode: 'poisson' }]).arrivals).toBe(1_000)
})
