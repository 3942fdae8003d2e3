import { describe, expect, it } from 'vitest'
import { chooseEncoding } from './encoding.ts'

describe('the form a file is sent in', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['*', 'br'],
    ['BR', 'br'],
    ['*;q=0', undefined],
    ['identity', undefined],
    ['br;q=nonsense', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('for %s is %s', (accepted, encoding) => expect(chooseEncoding(accepted, () => true)).toBe(encoding))

  it('is one that is kept', () => {
    expect(chooseEncoding('br, gzip', (one) => one === 'gzip')).toBe('gzip')
    expect(chooseEncoding('br', () => false)).toBeUndefined()
  })
})
