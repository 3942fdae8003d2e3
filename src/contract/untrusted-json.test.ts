import { describe, expect, it, test } from 'vitest'
import { parseUntrusted } from './untrusted-json.ts'

const refusal = (message: RegExp) =>
  expect.objectContaining({ code: 'request_invalid', message: expect.stringMatching(message) })
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

test.each([
  'null',
  '"text"',
  '{"message":"a, b [c] {d} \\" \\\\ \\u005b"}',
  `{"message":"${'['.repeat(100)}"}`,
  `["${'\\"['.repeat(100)}"]`,
  `["\\\\","${','.repeat(20_000)}"]`,
  '{"constructor":{"prototype":1}}',
  nested(32),
  `[${Array(10_000).fill(0)}]`,
])('JSON within bounds is read as it is: %.40s', (text) => {
  expect(parseUntrusted(text)).toEqual(JSON.parse(text))
})

describe('JSON out of bounds is refused', () => {
  it('too deep', () => {
    for (const text of [nested(33), `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, `["\\\\",${nested(33)}]`]) {
      expect(() => parseUntrusted(text)).toThrow(refusal(/more than 32 levels/))
    }
  })

  it('with too many members', () => {
    expect(() => parseUntrusted(`[${Array(10_001).fill(0)}]`)).toThrow(refusal(/more than 10000 members/))
  })

  it('with a key that is a prototype to some', () => {
    for (const text of ['{"__proto__":{}}', '[{"a":{"\\u005f_proto__":1}}]']) {
      expect(() => parseUntrusted(text)).toThrow(refusal(/__proto__/))
    }
  })

  it('that is none', () => {
    for (const text of ['', '{', '"', '"\\', '{"a":"', ']', 'NaN', '\0']) {
      expect(() => parseUntrusted(text)).toThrow(refusal(/no valid JSON/))
    }
  })

  it('without keeping anyone waiting, however large', () => {
    const size = 2 * 1024 * 1024
    for (const text of [
      '['.repeat(size),
      nested(size / 2),
      '"\\'.repeat(size / 2),
      '{"a":'.repeat(size / 5),
    ]) {
      const began = performance.now()
      expect(() => parseUntrusted(text)).toThrow(refusal(/./))
      expect(performance.now() - began).toBeLessThan(150)
    }
  })
})
