import { expect, test } from 'vitest'
import { parseDuration } from './duration.ts'

test.each([
  ['24h', 86_400_000],
  ['1h30m', 5_400_000],
  ['876000h', 876_000 * 3_600_000],
  ['1.5s', 1500],
  ['.5s', 500],
  ['300ms', 300],
  ['-1h', -3_600_000],
  ['+2m', 120_000],
  ['0', 0],
  ['1µs', 0.001],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBeCloseTo(ms, 6)
})

test.each(['', 'h', '1', '1d', '24 h', '1h x', '99999999999h', 'none', '1h'.repeat(200), 'constructor'])(
  '"%s" is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  },
)
