import { expect, test } from 'vitest'
import { limitKey } from './limit-key.ts'

test.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['1::', '1:0:0:0::/64'],
  ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('the IPv6 address %s counts as %s', (address, key) => {
  expect(limitKey(address)).toBe(key)
})

test.each(['1.2.3.4', '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01', 'ada@example.com', ''])(
  '%j counts as it is',
  (key) => {
    expect(limitKey(key)).toBe(key)
  },
)

test('a key the database would refuse counts as its digest', () => {
  for (const key of ['a\0b', 'x'.repeat(100_000)]) expect(limitKey(key)).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(limitKey('a\0b')).not.toBe(limitKey('a\0c'))
})
