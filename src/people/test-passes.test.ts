import { expect, it } from 'vitest'
import { sanitize } from '../audit/sanitize.ts'
import { Secret } from '../config/secret.ts'
import { createTestPasses } from './test-passes.ts'

const passes = createTestPasses(new Secret('what all gateways of one installation know'))
const userId = '0190c0de-0000-7000-8000-00000000abcd'
const now = new Date('2026-11-26T12:00:00Z')
const expiresAt = new Date('2026-11-26T13:00:00Z')

it.each([true, false])('a pass says whose it is and whether replies are simulated: %s', (simulated) => {
  const pass = passes.make({ userId, simulated, expiresAt })
  expect(passes.read(pass, now)).toEqual({ userId, simulated, expiresAt })
})

it('is good until it ends, and no moment longer', () => {
  const pass = passes.make({ userId, simulated: true, expiresAt })
  expect(passes.read(pass, new Date(expiresAt.getTime() - 1))).toBeDefined()
  expect(passes.read(pass, expiresAt)).toBeUndefined()
})

it('is nothing with a single character changed, missing or added, and at nobody who knows another secret', () => {
  const pass = passes.make({ userId, simulated: false, expiresAt })
  for (let place = 0; place < pass.length; place += 1) {
    for (const other of [pass[place] === 's' ? 'r' : 's', ''])
      expect(passes.read(pass.slice(0, place) + other + pass.slice(place + 1), now)).toBeUndefined()
  }
  for (const odd of [`${pass}x`, ` ${pass}`, '', 'hxl_', 'x'.repeat(10_000)])
    expect(passes.read(odd, now)).toBeUndefined()
  expect(createTestPasses(new Secret('another')).read(pass, now)).toBeUndefined()
})

it('is known as a secret by its looks', () => {
  const pass = passes.make({ userId, simulated: true, expiresAt })
  expect(JSON.stringify(sanitize({ note: `sent ${pass} along` }))).toContain('[REDACTED:helix_token]')
})
