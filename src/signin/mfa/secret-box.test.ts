import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSecretBox } from './secret-box.ts'

const box = createSecretBox(randomBytes(32))

test('a secret comes out as it went in, and never twice the same on the way', () => {
  const closed = box.close('JBSWY3DPEHPK3PXP', 'factor-1')
  expect(box.open(closed, 'factor-1')).toBe('JBSWY3DPEHPK3PXP')
  expect(closed).not.toContain('JBSWY3DPEHPK3PXP')
  expect(box.close('JBSWY3DPEHPK3PXP', 'factor-1')).not.toBe(closed)
})

test('it opens for no other row, with no other key, and not after it was changed', () => {
  const closed = box.close('secret', 'factor-1')
  const changed = closed.slice(0, -2) + (closed.endsWith('AA') ? 'BB' : 'AA')
  for (const attempt of [
    () => box.open(closed, 'factor-2'),
    () => createSecretBox(randomBytes(32)).open(closed, 'factor-1'),
    () => box.open(changed, 'factor-1'),
    () => box.open('', 'factor-1'),
    () => box.open('v2.AAAA', 'factor-1'),
    () => box.open('plain text', 'factor-1'),
  ]) {
    expect(attempt).toThrow(expect.objectContaining({ code: 'precondition_failed' }))
  }
})
