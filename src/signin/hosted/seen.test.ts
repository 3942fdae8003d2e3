import { expect, test } from 'vitest'
import { createSeen } from './seen.ts'

test('a session is asked after for a minute from when it last came, and is new again after that', () => {
  let now = 0
  const seen = createSeen(() => now)
  expect(seen.note('s1', 'ada')).toBe(false)
  expect(seen.note('s2', 'ada')).toBe(false)
  expect(seen.note(null, 'bob')).toBe(false)
  now = 50_000
  expect(seen.note('s1', 'ada')).toBe(true)
  expect(seen.lately()).toEqual({ sessions: ['s1', 's2'], people: ['ada', 'bob'] })
  now = 70_000
  expect(seen.lately()).toEqual({ sessions: ['s1'], people: ['ada'] })
  now = 111_000
  expect(seen.lately()).toEqual({ sessions: [], people: [] })
  expect(seen.note('s1', 'ada')).toBe(false)
})
