import canonicalize from 'canonicalize'
import { describe, expect, it } from 'vitest'
import { auditHead } from './append.ts'
import { canonicalJson } from './canonical.ts'
import { CHANNELS } from './entry.ts'
import { createRandom, pick, randomText, randomValue } from './generate.case.ts'
import { bodyText, entryHash, NO_HASH, sha256Hex } from './hash.ts'

describe('canonicalJson', () => {
  it.each([
    [
      'numbers in their shortest form',
      [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27],
      '[333333333.3333333,1e+30,4.5,0.002,1e-27]',
    ],
    ['where exponents begin', [1e20, 1e21, 1e-6, 1e-7], '[100000000000000000000,1e+21,0.000001,1e-7]'],
    [
      'the ends of the range',
      [5e-324, Number.MAX_VALUE, 2 ** 53],
      '[5e-324,1.7976931348623157e+308,9007199254740992]',
    ],
    ['no negative zero', [-0, 0], '[0,0]'],
    ['literals', [null, true, false], '[null,true,false]'],
    [
      'short escapes, and only where JSON needs them',
      '€$\u000f\nA\'B"\\\\"/',
      '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"',
    ],
    ['no escape for DEL or line separators', '\u007f\u2028', '"\u007f\u2028"'],
    [
      'keys by UTF-16 code units',
      { '😀': 1, '\ufb33': 2, '€': 3, ö: 4, '1': 5, '\r': 6, A: 7, a: 8, '': 9 },
      '{"":9,"\\r":6,"1":5,"A":7,"a":8,"ö":4,"€":3,"😀":1,"\ufb33":2}',
    ],
    ['nested, without white space', { b: [{ d: 1, c: {} }, []], a: '' }, '{"a":"","b":[{"c":{},"d":1},[]]}'],
    ['a key named __proto__', JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ])('writes %s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  it.each([
    ['NaN', Number.NaN],
    ['a lone surrogate', 'a\ud800'],
    ['a lone surrogate in a key', { '\udc00': 1 }],
    ['nothing', undefined],
    ['a bigint', 1n],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'request_invalid' }))
  })

  it('refuses JSON nested beyond 64 levels, however deep', () => {
    const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
    expect(canonicalJson(nested(64))).toHaveLength(128)
    expect(() => canonicalJson(nested(65))).toThrow('64 levels')
    expect(() => canonicalJson(nested(5_000))).toThrow('64 levels')
  })
})

describe('the hashed text of an entry', () => {
  it('is the canonical JSON of the entry without its hash, whatever was logged', () => {
    const random = createRandom(1)
    for (let round = 0; round < 3_000; round += 1) {
      const data = Object.fromEntries([
        [randomText(random), randomValue(random)],
        ['k', randomValue(random)],
      ])
      const entry = { channel: pick(random, CHANNELS), kind: 'some.kind', actor: 'cli:me', data }
      const text = bodyText(auditHead('some-log', entry, new Date(random() * 4e12)), NO_HASH, round + 1)
      const parsed = JSON.parse(text)
      expect(text).toBe(canonicalize(parsed))
      expect(entryHash(parsed)).toBe(sha256Hex(text))
    }
  })

  it('is what the format says, to the byte', () => {
    const entry = {
      channel: 'api',
      kind: 'claude.request',
      actor: 'cli:ana',
      data: { b: 1, a: 'é' },
    } as const
    expect(auditHead('log-1', entry, new Date(0))).toBe(
      '{"actor":"cli:ana","at":"1970-01-01T00:00:00.000Z","channel":"api","data":{"a":"é","b":1},' +
        '"kind":"claude.request","log":"log-1",',
    )
  })
})

describe('auditHead', () => {
  const entry = { channel: 'api', kind: 'a.b', actor: 'cli:ana', data: {} } as const
  const dataOf = (data: Record<string, unknown>) =>
    JSON.parse(bodyText(auditHead('log', { ...entry, data }, new Date(0)), NO_HASH, 1)).data

  it.each([
    ['a kind without a dot', { kind: 'request' }],
    ['a kind with capitals', { kind: 'a.B' }],
    ['an actor with spaces', { actor: 'Ana Maria' }],
    ['an empty actor', { actor: '' }],
  ])('refuses %s', (_, change) => {
    expect(() => auditHead('log', { ...entry, ...change }, new Date(0))).toThrow('cannot carry')
  })

  it('keeps the tie to the intent when the rest is too large', () => {
    const large = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`field${index}`, 'x y'.repeat(300)]),
    )
    expect(dataOf({ intent: 7, outcome: 'ok', ...large })).toEqual({
      intent: 7,
      outcome: 'ok',
      truncated: true,
      bytes: expect.any(Number),
    })
  })

  it('keeps the tie to the intent when the data cannot be read', () => {
    const data = new Proxy({ intent: 7, outcome: 'ok' }, { ownKeys: () => JSON.parse('{') })
    expect(dataOf(data)).toEqual({ intent: 7, outcome: 'ok', unsanitizable: true })
  })
})
