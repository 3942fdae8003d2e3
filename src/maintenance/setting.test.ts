import { expect, it } from 'vitest'
import { makeBypass, readBypass } from './bypass.ts'
import { changed, ended, inForce, isLater, later, readSetting } from './setting.ts'

const NOW = new Date('2026-12-01T12:00:00.000Z')
const ON = { active: true, until: null, readOnly: false, allow: [] }
const after = (ms: number) => new Date(NOW.getTime() + ms)

it('is later than what it replaces, also where the clock is behind', () => {
  const one = changed(undefined, ON, NOW)
  const two = changed(one, ON, after(-3_600_000))
  expect(isLater(two, one)).toBe(true)
  expect(later(one, two)).toBe(two)
  expect(later(two, one)).toBe(two)
  expect(isLater(ended(two, after(-9_000)), two)).toBe(true)
})

it('is the same maintenance while it goes on, and another after it ended', () => {
  const one = changed(undefined, ON, NOW)
  const reworded = changed(one, { ...ON, message: 'Longer' }, after(1_000))
  expect([reworded.since, reworded.key]).toEqual([one.since, one.key])
  expect(reworded.revision).not.toBe(one.revision)
  const again = changed(ended(reworded, after(2_000)), ON, after(3_000))
  expect(again.key).not.toBe(one.key)
  expect(again.since).not.toBe(one.since)
})

it('is over when its time is', () => {
  const setting = changed(undefined, { ...ON, until: after(1_000).toISOString() }, NOW)
  expect(inForce(setting, after(999))).toBe(setting)
  expect(inForce(setting, after(1_000))).toBeNull()
  expect(inForce(undefined, NOW)).toBeNull()
})

it('survives being kept, and what is no setting is none', () => {
  const setting = changed(undefined, { ...ON, allow: ['10.0.0.0/8'] }, NOW)
  expect(readSetting(JSON.parse(JSON.stringify(setting)))).toEqual(setting)
  for (const other of [null, 'on', {}, { ...setting, at: 'yesterday' }, { ...setting, key: '"' }]) {
    expect(readSetting(other)).toBeUndefined()
  }
})

it('has bypasses that end, are its own, and cannot be made without its key', () => {
  const one = changed(undefined, ON, NOW)
  const other = changed(undefined, ON, NOW)
  const { token, expiresAt } = makeBypass(one, NOW)
  expect(readBypass(one, token, NOW)).toEqual(expiresAt)
  expect(expiresAt.getTime() - NOW.getTime()).toBe(12 * 3_600_000)
  expect(readBypass(one, token, expiresAt)).toBeUndefined()
  expect(readBypass(other, token, NOW)).toBeUndefined()
  for (let place = 0; place < token.length; place += 1) {
    const wrong = token.slice(0, place) + (token[place] === 'a' ? 'b' : 'a') + token.slice(place + 1)
    expect(readBypass(one, wrong, NOW), wrong).toBeUndefined()
  }
})
