import { describe, expect, test } from 'vitest'
import { qrCode } from './qr-code.ts'
import { newTotp, stepOf } from './totp.ts'

/** RFC 6238, appendix B: the secret is "12345678901234567890", the codes' last six digits. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

describe('stepOf', () => {
  test.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %d s the code of RFC 6238 is %s', (seconds, code) => {
    expect(stepOf(SECRET, code, seconds * 1000)).toBe(Math.floor(seconds / 30))
  })

  test('a code holds one step before and after its own, and no longer', () => {
    const at = (seconds: number) => stepOf(SECRET, '287082', seconds * 1000)
    expect([at(0), at(30), at(89)]).toEqual([1, 1, 1])
    expect(at(90)).toBeUndefined()
  })

  test.each(['', '28708', '2870820', '28708a', ' 287082', '２８７０８２'])('"%s" is no code', (code) => {
    expect(stepOf(SECRET, code, 59_000)).toBeUndefined()
  })
})

test('a new secret has 160 bits and an address that authenticators read', () => {
  const { secret, uri } = newTotp('helix.example', 'ada@example.com')
  expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  const url = new URL(uri)
  expect(decodeURIComponent(url.pathname)).toContain('helix.example:ada@example.com')
  expect(Object.fromEntries(url.searchParams)).toMatchObject({ issuer: 'helix.example', secret, digits: '6' })
})

test('the picture is an SVG that may stand in a data: address as it is', () => {
  const svg = qrCode('otpauth://totp/x')
  expect(svg).toMatch(/^<svg [^>]*xmlns=/)
  expect(svg).not.toMatch(/[#\n]/)
})
