import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { recordReader } from './record.ts'

const START = Date.UTC(2026, 10, 25, 12)
const at = (second: number) => new Date(START + second * 1_000).toISOString()
const line = (second: number) => ({
  text: JSON.stringify({ level: 'info', at: at(second), event: 'request' }),
})
const crash = { text: 'Error: no' }

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ['Date', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('gives a line of which nobody says when it was written the time of the one before', () => {
  const record = recordReader('a')
  const times = [line(-60), crash, { text: '' }, { ...crash, at: new Date(Number.NaN) }].map(
    (one) => record(one)?.at,
  )
  expect(times).toEqual([at(-60), at(-60), undefined, at(-60)])
  vi.advanceTimersByTime(10_000)
  expect(record(crash)?.at, 'kept, so not written now').toBe(at(-60))
  expect(record({ ...crash, at: new Date(at(-50)) })?.at).toBe(at(-50))
})

it('gives it the time of its coming where it comes as it is written', () => {
  const record = recordReader('a', true)
  const times = [crash, line(-60), crash].map((one) => record(one)?.at)
  expect(times, 'what was there already').toEqual([new Date(0).toISOString(), at(-60), at(-60)])
  vi.advanceTimersByTime(5_000)
  expect([crash, crash].map((one) => record(one)?.at)).toEqual([at(5), at(5)])
  vi.advanceTimersByTime(2_000)
  expect([line(20), crash].map((one) => record(one)?.at)).toEqual([at(20), at(20)])
  vi.advanceTimersByTime(2_000)
  expect(record(crash)?.at, 'of a machine whose clock is ahead').toBe(at(20))
})
