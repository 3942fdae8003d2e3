import { expect, test } from 'vitest'
import { checkNewPassword, createPasswordCheck, hashPassword } from './passwords.ts'

test.each([
  ['1234567', { code: 'weak_password', reasons: ['length'] }],
  ['🦄'.repeat(7), { code: 'weak_password', reasons: ['length'] }],
  ['a'.repeat(73), { code: 'validation_failed' }],
  ['é'.repeat(37), { code: 'validation_failed' }],
])('%s is no new password', (password, failure) => {
  expect(() => checkNewPassword(password)).toThrow(expect.objectContaining(failure))
})

test.each(['12345678', 'a'.repeat(72), '🦄'.repeat(8)])('%s is one', (password) => {
  expect(() => checkNewPassword(password)).not.toThrow()
})

test('only the very password matches, in all of bcrypt’s spellings', async () => {
  const check = await createPasswordCheck()
  const stored = await hashPassword('a'.repeat(72))
  expect(stored).toMatch(/^\$2b\$10\$/)
  expect(await check.matches('a'.repeat(72), stored)).toBe(true)
  expect(await check.matches('a'.repeat(72), stored.replace('$2b$', '$2a$'))).toBe(true)
  expect(await check.matches('a'.repeat(73), stored)).toBe(false)
  expect(await check.matches('b'.repeat(72), stored)).toBe(false)
})

test('no hash to compare with costs the same time and never matches', async () => {
  const check = await createPasswordCheck()
  const stored = await hashPassword('the password')
  const time = async (hash: string | null | undefined) => {
    const begun = performance.now()
    for (let round = 0; round < 5; round += 1) expect(await check.matches('a wrong one', hash)).toBe(false)
    return performance.now() - begun
  }
  const known = await time(stored)
  for (const missing of [null, undefined, '', 'not a hash', '$argon2id$v=19$m=1$x$y']) {
    expect(await time(missing)).toBeGreaterThan(known / 3)
  }
})
