import { expect, test } from 'vitest'
import { STATUS_DAYS } from '../contract/status.ts'
import { history } from './uptime.ts'

const NOW = new Date('2026-11-25T12:00:30Z')

function row(day: string, good: number, { bad = 0, uncounted = 0 } = {}) {
  return { day, component: 'gateway' as const, good, bad, uncounted, since: new Date(`${day}T00:00:00Z`) }
}

test('ninety days end today, and before anybody looked there is nothing to say', () => {
  const days = history([row('2026-11-25', 60)], new Date('2026-11-25T11:00:00Z'), NOW)
  expect(days).toHaveLength(STATUS_DAYS)
  expect(days.at(-1)).toEqual({ date: '2026-11-25', uptime: 1 })
  expect(days.slice(0, -1).every(({ uptime }) => uptime === null)).toBe(true)
  expect(days[0]?.date).toBe('2026-08-28')
})

test('a minute in which no gateway looked counts as down, and a whole day of them too', () => {
  const first = new Date('2026-11-23T12:00:00Z')
  const days = history([row('2026-11-23', 720), row('2026-11-25', 540)], first, NOW)
  expect(days.slice(-3).map(({ uptime }) => uptime)).toEqual([1, 0, 0.75])
})

test('minutes that were bad count, and what was not set up is neither good nor bad', () => {
  const first = new Date('2026-11-24T00:00:00Z')
  const days = history(
    [row('2026-11-24', 1080, { bad: 360 }), row('2026-11-25', 0, { uncounted: 700 })],
    first,
    NOW,
  )
  expect(days.slice(-2).map(({ uptime }) => uptime)).toEqual([0.75, null])
})

test('the minute that runs is not missing yet', () => {
  const first = new Date('2026-11-25T11:59:00Z')
  expect(history([row('2026-11-25', 1)], first, NOW).at(-1)?.uptime).toBe(1)
  expect(history([], NOW, NOW).at(-1)?.uptime).toBeNull()
})
