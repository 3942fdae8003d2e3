import { describe, expect, it } from 'vitest'
import { createFormat } from './format.ts'

const en = createFormat('en')
const pt = createFormat('pt-PT')
/** Intl parts numbers from units and signs by spaces that do not break. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('money', () => {
  it.each([
    [0, '$0.00'],
    [12_400_000_000, '$12.40'],
    [1_234_567_890_000, '$1,234.57'],
    [3_100_000, '$0.0031'],
    [588_500_000, '$0.59'],
    [98_500_000, '$0.0985'],
    [100_000, '$0.0001'],
    [99_999, '< $0.0001'],
    [-5_000_000, '-$0.005'],
    [-10, '> −$0.0001'],
  ])('%i billionths are %s', (nano, shown) => expect(en.money(nano)).toBe(shown))

  it('is written as the language writes it', () =>
    expect(plain(pt.money(1_500_000_000_000))).toMatch(/^1 ?500,00 \$$/))
})

describe('a length of time', () => {
  it.each([
    [0, '0 ms'],
    [340.4, '340 ms'],
    [999.6, '1 sec'],
    [1_234, '1.2 sec'],
    [59_970, '1 min'],
    [184_000, '3 min 4 sec'],
    [3_600_000, '1 hr'],
    [86_400_000 * 2 + 3_600_000 * 5, '2 days 5 hr'],
  ])('%d ms is %s', (ms, shown) => expect(plain(en.duration(ms))).toBe(shown))
})

describe('a size', () => {
  it.each([
    [0, '0 byte'],
    [999, '999 byte'],
    [1_000, '1 kB'],
    [12_440_000, '12.4 MB'],
    [999_960, '1 MB'],
    [5e15, '5,000 TB'],
  ])('%d bytes are %s', (bytes, shown) => expect(plain(en.bytes(bytes))).toBe(shown))
})

describe('how long ago', () => {
  const now = new Date('2026-11-25T12:00:00Z')
  it.each([
    ['2026-11-25T11:59:31Z', 'now'],
    ['2026-11-25T11:55:00Z', '5 minutes ago'],
    ['2026-11-25T14:30:00Z', 'in 2 hours'],
    ['2026-11-24T11:00:00Z', 'yesterday'],
    ['2026-10-01T12:00:00Z', 'last month'],
    ['2024-01-01T12:00:00Z', '2 years ago'],
  ])('%s is %s', (at, shown) => expect(en.ago(at, now)).toBe(shown))

  it('is said in the language', () => expect(pt.ago('2026-11-25T11:55:00Z', now)).toBe('há 5 minutos'))
})

describe('the rest', () => {
  it('never rounds an uptime up to a whole one', () => {
    expect(en.percent(0.99999)).toBe('99.99%')
    expect(en.percent(1)).toBe('100%')
  })
  it('shows a day of the calendar as that day in any time zone', () => {
    expect(en.day('2026-11-25')).toBe('Nov 25, 2026')
    expect(en.shortDay('2026-11-25')).toBe('Nov 25')
  })
  it('shortens large counts', () =>
    expect([en.compact(12_345), en.count(12_345)]).toEqual(['12.3K', '12,345']))
})
