import { expect, it } from 'vitest'
import { parseUntil } from './until.ts'

const NOW = new Date('2026-12-01T12:00:00.000Z')

it.each([
  ['30m', '2026-12-01T12:30:00.000Z'],
  ['2h', '2026-12-01T14:00:00.000Z'],
  ['1h30m', '2026-12-01T13:30:00.000Z'],
  ['90s', '2026-12-01T12:01:30.000Z'],
  ['1d', '2026-12-02T12:00:00.000Z'],
  ['2026-12-01T18:00:00Z', '2026-12-01T18:00:00.000Z'],
  ['2026-12-01T18:00:00+02:00', '2026-12-01T16:00:00.000Z'],
])('%s is %s', (text, until) => {
  expect(parseUntil(text, NOW).toISOString()).toBe(until)
})

it.each([
  '',
  '0m',
  '30',
  'soon',
  '-5m',
  '5 m',
  '2026-12-01',
  '2026-12-01T11:59:59Z',
  '400d',
  '999999d',
  '1m2',
])('"%s" is refused, saying what can be written', (text) => {
  expect(() => parseUntil(text, NOW)).toThrow(
    expect.objectContaining({ code: 'usage', hint: expect.stringContaining('30m') }),
  )
})
