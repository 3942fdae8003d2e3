import { expect, it } from 'vitest'
import { nextDelay } from './retry.ts'

const POLICY = { maxAttempts: 4, budgetMs: 8_000 }
const FAILED = { attempt: 1, retryable: true, elapsedMs: 0, retryAfterMs: null }

it('doubles from half a second, up to a quarter shorter by chance', () => {
  for (const [attempt, longest] of [500, 1_000, 2_000].entries()) {
    const delayMs = nextDelay(POLICY, { ...FAILED, attempt: attempt + 1 })
    expect(delayMs).toBeGreaterThanOrEqual(longest * 0.75)
    expect(delayMs).toBeLessThanOrEqual(longest)
  }
})

it('waits exactly as long as it is asked to', () => {
  expect(nextDelay(POLICY, { ...FAILED, retryAfterMs: 3_000 })).toBe(3_000)
})

it.each([
  ['the attempts are used up', { attempt: 4 }],
  ['another attempt cannot help', { retryable: false }],
  ['the wait asked for exceeds the budget', { retryAfterMs: 8_001 }],
  ['the time is used up', { elapsedMs: 7_900 }],
])('gives up when %s', (_, situation) => {
  expect(nextDelay(POLICY, { ...FAILED, ...situation })).toBeNull()
})
