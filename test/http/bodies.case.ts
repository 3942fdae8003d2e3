import { describe, expect, it } from 'vitest'
import { type Running, refused, WITH_BODY } from './asking.ts'

const REQUIRED = new Set(['message', 'messageId'])

export function bodyCases(running: () => Running): void {
  describe.each(Object.entries(WITH_BODY))('as the body of POST %s', (path, valid) => {
    it('has a field of the wrong type, or lacks one', async () => {
      for (const field of Object.keys(valid)) {
        for (const wrong of [null, 1, -1.5, true, [], ['x'], {}, { toString: 'x' }, '']) {
          const code = await refused(
            running().post(path, JSON.stringify({ ...valid, [field]: wrong })),
            `${field} ${JSON.stringify(wrong)}`,
          )
          expect(code).toBe('request_invalid')
        }
        if (!REQUIRED.has(field)) continue
        const { [field]: _, ...rest } = valid
        expect(await refused(running().post(path, JSON.stringify(rest)), `no ${field}`)).toBe(
          'request_invalid',
        )
      }
    })

    it('has fields nobody knows, and none of them reaches a prototype', async () => {
      const text = JSON.stringify(valid).slice(0, -1)
      for (const extra of [
        '"extra":1',
        '"__proto__":{"admin":true}',
        '"constructor":{"prototype":{"admin":true}}',
        '"toString":1',
        '"":1',
        `"${'k'.repeat(50_000)}":1`,
        '"\\ud800":1',
        '"\\u0000":1',
      ]) {
        await expect(refused(running().post(path, `${text},${extra}}`), extra.slice(0, 60))).resolves.toBe(
          'request_invalid',
        )
      }
      expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
    })

    it('is no JSON object', async () => {
      for (const body of [
        undefined,
        '',
        ' ',
        '{',
        '}',
        'null',
        'true',
        '1',
        '"text"',
        '[]',
        '{"message"',
        'message=Hello',
        '\u0000',
        '\ufeff{',
        '{"message":NaN}',
        "{'message':'x'}",
        '<a/>',
      ]) {
        expect(await refused(running().post(path, body), `body ${body}`)).toBe('request_invalid')
      }
      const bytes = [
        new Uint8Array([0xff, 0xfe, 0x00]),
        new Uint8Array(1_000),
        new Uint8Array([0xed, 0xa0, 0x80]),
      ]
      for (const body of bytes)
        expect(await refused(running().post(path, body), 'bytes')).toBe('request_invalid')
    })

    it('is nested 100,000 levels deep', async () => {
      for (const [open, close] of [
        ['[', ']'],
        ['{"a":', '}'],
      ] as const) {
        const deep = open.repeat(100_000) + (open === '[' ? '' : '1') + close.repeat(100_000)
        for (const body of [
          deep,
          `{"message":${deep}}`,
          JSON.stringify({ ...valid, x: 1 }).replace('1}', `${deep}}`),
        ]) {
          expect(await refused(running().post(path, body), 'deep')).toBe('request_invalid')
        }
      }
    })

    it('is not said to be JSON', async () => {
      for (const type of [
        '',
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'json',
        'application/jsonp',
        'application/json-seq',
        'x'.repeat(5_000),
        '\u00ff',
      ]) {
        const code = await refused(
          running().post(path, JSON.stringify(valid), { 'content-type': type }),
          `type ${type.slice(0, 60)}`,
        )
        expect(code).toBe('unsupported_media_type')
      }
    })

    it('is larger than any message', async () => {
      const large = `{"message":"${'x'.repeat(3 * 1024 * 1024)}"}`
      expect(await refused(running().post(path, large), 'large')).toBe('body_too_large')
      const chunked = new Blob([large]).stream()
      expect(await refused(running().post(path, chunked), 'large, in chunks')).toBe('body_too_large')
      const slightly = JSON.stringify({ ...valid, message: 'x'.repeat(200_001) })
      expect(await refused(running().post(path, slightly), 'slightly too large')).toBe('request_invalid')
    })
  })
}
