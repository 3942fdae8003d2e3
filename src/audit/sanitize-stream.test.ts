import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpuMs } from './cpu-time.case.ts'
import { createSanitizeStream, createStreamSanitizer } from './sanitize-stream.ts'
import { noise, SECRET_KINDS } from './secrets.case.ts'

function sanitized(pieces: readonly string[]): string {
  const stream = createStreamSanitizer()
  return pieces.map((piece) => stream.write(piece)).join('') + stream.end()
}

const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${[1, 2, 3].map((seed) => noise(64, seed)).join('\n')}\n${noise(30)}==\n-----END RSA PRIVATE KEY-----\n`

describe('a stream without secrets', () => {
  it.each(SECRET_KINDS.map((kind) => [kind.name, kind] as const))(
    'is the same wherever %s is cut in two',
    (_, { text, secret }) => {
      const line = `before ${text} after\n`
      const whole = sanitized([line])
      expect(whole).not.toContain(secret.slice(-10))
      expect(whole).toContain('[REDACTED')
      for (let at = 0; at <= line.length; at += 1) {
        expect(sanitized([line.slice(0, at), line.slice(at)]), `cut at ${at}`).toBe(whole)
      }
    },
  )

  it('is the same wherever a long line is cut', () => {
    const words = 'these are words of a line that nobody ends '
    const line = SECRET_KINDS.filter(({ text }) => !text.includes('\n'))
      .map(({ text }) => `${words.repeat(30)}${text} `)
      .join('')
    expect(line.length).toBeGreaterThan(60_000)
    const whole = sanitized([line])
    for (const { text, secret } of SECRET_KINDS) {
      if (!text.includes('\n')) expect(whole).not.toContain(secret.slice(-12))
    }
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: line.length }), { maxLength: 40 }), (cuts) => {
        const ends = [...cuts, line.length].sort((a, b) => a - b)
        const pieces = ends.map((end, at) => line.slice(at === 0 ? 0 : ends[at - 1], end))
        expect(sanitized(pieces)).toBe(whole)
      }),
      { numRuns: 30 },
    )
  })

  it('hides secrets longer than anything it holds back', () => {
    for (const secret of [
      `password=${noise(50_000)}`,
      `Bearer ${noise(30_000)}`,
      `sk-ant-${noise(20_000)}`,
    ]) {
      const shown = sanitized([`${'word '.repeat(900)}${secret} after`])
      expect(shown).toMatch(/\[REDACTED[^ ]*\] after$/)
      expect(shown.length).toBeLessThan(4_600)
    }
  })

  it('hides the lines of a key file, wherever it is cut, and shows what follows', () => {
    const text = `first\nkey: ${KEY}last\n`
    for (let at = 0; at < text.length; at += 1) {
      expect(sanitized([text.slice(0, at), text.slice(at)])).toBe(
        'first\nkey: [REDACTED:private_key]\nlast\n',
      )
    }
    expect(sanitized([text.replaceAll('\n', '\r\n')])).toBe('first\r\nkey: [REDACTED:private_key]\nlast\r\n')
  })

  it('hides the lines of a key file behind what a log puts before each, and of one without an end', () => {
    const logged = KEY.trim()
      .split('\n')
      .map((line) => `gateway-1 | ${line}\n`)
      .join('')
    const shown = sanitized([`${logged}gateway-1 | done\n`])
    for (const seed of [1, 2, 3]) expect(shown).not.toContain(noise(64, seed))
    expect(shown).toContain('gateway-1 | done')
    const open = sanitized([`${KEY.replace(/-----END.*\n/, '')}\nWhat comes then is shown.\n`])
    expect(open).toBe('[REDACTED:private_key]\n\nWhat comes then is shown.\n')
  })

  it('lets each line go as soon as it is whole', () => {
    const stream = createStreamSanitizer()
    expect(stream.write('one\ntwo')).toBe('one\n')
    expect(stream.write('\n{"a":1}\n{"b"')).toBe('two\n{"a":1}\n')
    expect(stream.end()).toBe('{"b"')
  })

  it('holds a bounded part of an endless line back', () => {
    const stream = createStreamSanitizer()
    let [given, shown] = [0, 0]
    for (let round = 0; round < 2_000; round += 1) {
      const piece = 'and so on and on it goes, without an end, '
      given += piece.length
      shown += stream.write(piece).length
      expect(given - shown).toBeLessThanOrEqual(16_384 + piece.length)
    }
  })

  it('keeps JSON lines JSON, hides by name too, and leaves alone what holds no secret', () => {
    const secret = `sk-${'ant'}-api03-${noise(80)}`
    const lines = [
      '{"level": "info", "at": 1764085000000, "text": "päivää \\u00e9"}',
      JSON.stringify({ password: 'x', list: [secret], nested: { text: `{"apiKey":"${noise(12)}"}` } }),
      '{"id":12345678901234567890,"ratio":1.50}',
      '{"password":"shown?","password":null}',
      `{"stack": ${JSON.stringify('Error: no\n    at x (y.ts:1:2)\n')}}`,
      '[1,2',
    ]
    const shown = sanitized([`${lines.join('\n')}\n`]).split('\n')
    expect(shown[0]).toBe('{"level":"info","at":1764085000000,"text":"päivää é"}')
    expect(JSON.parse(shown[1] ?? '')).toEqual({
      password: '[REDACTED]',
      list: ['[REDACTED:anthropic_key]'],
      nested: { text: '{"apiKey":"[REDACTED]"}' },
    })
    expect(shown[2]).toBe('{"id":"12345678901234567890","ratio":1.5}')
    expect(shown[3]).toBe('{"password":null}')
    expect(shown[4]).toBe(lines[4])
    expect(shown[5]).toBe('[1,2')
  })

  it('does what it can with JSON lines of any depth and size', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    const long = JSON.stringify({ text: 'a b '.repeat(400_000), key: `sk-${'ant'}-api03-${noise(80)}` })
    const [first = '', second = ''] = sanitized([`${deep}\n${long}\n`]).split('\n')
    expect(first.length).toBeLessThanOrEqual(deep.length)
    expect(second).toContain('[REDACTED:anthropic_key]')
    expect(JSON.parse(second).text).toHaveLength(1_600_000)
  })

  it('leaves no control character but lines and tabs, and emoji whole', () => {
    expect(sanitized(['a\u001b[31mred\u001b[0m\tb\u0007\u202e\r\nfamily 👨‍👩‍👧\n'])).toBe(
      'ared\tb\r\nfamily 👨‍👩‍👧\n',
    )
    expect(sanitized([`sk-\u200bant-api03-\u200d${noise(40)}\n`])).toBe('[REDACTED:anthropic_key]\n')
  })

  it('is idempotent, and any cuts give the same', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...SECRET_KINDS.map(({ text }) => text),
        KEY,
        '\n',
        '"',
        '{"password":"',
        '"}',
        '-----BEGIN PRIVATE KEY-----\n',
      ),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const once = sanitized([pieces.join('')])
        expect(sanitized(pieces)).toBe(once)
        expect(sanitized([...pieces.join('')])).toBe(once)
        expect(sanitized([once])).toBe(once)
      }),
      { numRuns: 300 },
    )
  })

  it('is a web stream too', async () => {
    const secret = `sk-${'ant'}-api03-${noise(80)}`
    const source = new ReadableStream<string>({
      start(controller) {
        for (const piece of ['data: ', secret.slice(0, 20), secret.slice(20), '\nend'])
          controller.enqueue(piece)
        controller.close()
      },
    })
    const shown: string[] = []
    for await (const text of source.pipeThrough(createSanitizeStream())) shown.push(text)
    expect(shown.join('')).toBe('data: [REDACTED:anthropic_key]\nend')
  })

  it('takes time that grows with the length alone', () => {
    for (const shape of [
      'a',
      'a ',
      'eyJ',
      'password=',
      '{',
      '\u001b[',
      '-----BEGIN PRIVATE KEY-----\n',
      '[1]\n',
      '"\\',
    ]) {
      const [some = '', much = ''] = [125_000, 1_000_000].map((length) => shape.repeat(length / shape.length))
      const few = timed(some)
      expect(timed(much), JSON.stringify(shape)).toBeLessThan(Math.max(40 * few, 300))
    }
  })
})

function timed(text: string): number {
  return Math.min(...[1, 2].map(() => cpuMs(() => sanitized([text]))))
}
