import { expect, test } from 'vitest'
import { streamPasses } from './stream-probe.ts'

const now = new Date('2026-11-25T19:00:00Z')
const later = (ms: number) => new Date(now.getTime() + ms)
const passes = streamPasses('a-long-random-text', 'r2')

test('a pass is good for a minute, for every process of the release', () => {
  const { token, expiresAt } = passes.make(now)
  expect(token).toMatch(/^[\w-]{20,60}$/)
  expect(expiresAt).toEqual(later(60_000))
  expect(streamPasses('a-long-random-text', 'r2').admits(token, later(59_000))).toBe(true)
  expect(passes.admits(token, later(60_000))).toBe(false)
})

test('neither another release nor another key takes it, nor does a later end make it longer', () => {
  const { token } = passes.make(now)
  expect(streamPasses('a-long-random-text', 'r1').admits(token, now)).toBe(false)
  expect(streamPasses('another-random-text', 'r2').admits(token, now)).toBe(false)
  const [, signature] = token.split(/-(.*)/s)
  const longer = passes.make(later(3_600_000)).token.split('-')[0]
  expect(passes.admits(`${longer}-${signature}`, now)).toBe(false)
})

test.each(['', 'x', '-', 'é'.repeat(22), `zzzzzz-${'A'.repeat(22)}`, 'a'.repeat(10_000)])(
  'what is no pass is refused: %j',
  (token) => expect(passes.admits(token, now)).toBe(false),
)
