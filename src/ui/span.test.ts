import { expect, it } from 'vitest'
import { span } from './span.ts'

const [S, MIN, H, D] = [1_000, 60_000, 3_600_000, 86_400_000] as const

it('tells a span in its two largest units', () => {
  const spans = [-5, 0, 59 * S, MIN, H, 2 * H + 5 * MIN, D, 3 * D + 4 * H, 60 * D]
  expect(spans.map(span)).toEqual([
    ...['0 s', '0 s', '59 s', '1 min', '1 h', '2 h 5 min', '1 d', '3 d 4 h', '60 d'],
  ])
})

it('never tells less than it was, and carries what that makes whole', () => {
  const spans = [1, 59 * S + 1, 61 * S, 59 * MIN + S, H + 29 * MIN + S, 23 * H + 59 * MIN + S, 47 * H + MIN]
  expect(spans.map(span)).toEqual(['1 s', '1 min', '2 min', '1 h', '1 h 30 min', '1 d', '2 d'])
})
