import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MessagePage, SendResponse } from '../../src/contract/chat.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'

const PATIENCE_MS = 10_000
const ID = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'
const SEND = '/api/chat/message'
const WITH_BODY: Readonly<Record<string, Record<string, unknown>>> = {
  [SEND]: { message: 'Hello', sessionKey: ID, clientMessageId: 'a-1', model: 'claude-sonnet-5-5' },
  [`/api/conversations/${ID}/regenerate`]: { messageId: ID, clientMessageId: 'a-2' },
  [`/api/conversations/${ID}/edit`]: { messageId: ID, message: 'Hello', clientMessageId: 'a-3' },
}
const REQUIRED = new Set(['message', 'messageId'])

describe('bad input', () => {
  let gateway: TestGateway
  let visitor: Visitor
  let sessionKey: string
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
    visitor = await gateway.signUp()
    const sent = await visitor.request(SEND, { method: 'POST', body: { message: 'first' } })
    sessionKey = ((await sent.json()) as SendResponse).sessionKey
  })
  // Closing fails if anything was reported as unforeseen.
  afterAll(() => gateway.close())
  afterEach(async () => {
    const health = await fetch(`${gateway.url}/health`, { signal: AbortSignal.timeout(PATIENCE_MS) })
    expect(await health.json()).toMatchObject({ checks: { database: 'ok' } })
  })

  const get = (path: string, headers: Record<string, string> = {}) =>
    visitor.request(path, { headers, signal: AbortSignal.timeout(PATIENCE_MS) })
  const post = (path: string, body: BodyInit | undefined, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${visitor.token}`, 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body, ...(body instanceof ReadableStream ? { duplex: 'half' } : {}) }),
    })
  const refused = async (answer: Promise<Response>, what: string) => expectProblem(await answer, what)

  describe.each(Object.entries(WITH_BODY))('as the body of POST %s', (path, valid) => {
    it('has a field of the wrong type, or lacks one', async () => {
      for (const field of Object.keys(valid)) {
        for (const wrong of [null, 1, -1.5, true, [], ['x'], {}, { toString: 'x' }, '']) {
          const code = await refused(
            post(path, JSON.stringify({ ...valid, [field]: wrong })),
            `${field} ${JSON.stringify(wrong)}`,
          )
          expect(code).toBe('request_invalid')
        }
        if (!REQUIRED.has(field)) continue
        const { [field]: _, ...rest } = valid
        expect(await refused(post(path, JSON.stringify(rest)), `no ${field}`)).toBe('request_invalid')
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
        await expect(refused(post(path, `${text},${extra}}`), extra.slice(0, 60))).resolves.toBe(
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
        expect(await refused(post(path, body), `body ${body}`)).toBe('request_invalid')
      }
      const bytes = [
        new Uint8Array([0xff, 0xfe, 0x00]),
        new Uint8Array(1_000),
        new Uint8Array([0xed, 0xa0, 0x80]),
      ]
      for (const body of bytes) expect(await refused(post(path, body), 'bytes')).toBe('request_invalid')
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
          expect(await refused(post(path, body), 'deep')).toBe('request_invalid')
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
          post(path, JSON.stringify(valid), { 'content-type': type }),
          `type ${type.slice(0, 60)}`,
        )
        expect(code).toBe('unsupported_media_type')
      }
    })

    it('is larger than any message', async () => {
      const large = `{"message":"${'x'.repeat(3 * 1024 * 1024)}"}`
      expect(await refused(post(path, large), 'large')).toBe('body_too_large')
      const chunked = new Blob([large]).stream()
      expect(await refused(post(path, chunked), 'large, in chunks')).toBe('body_too_large')
      const slightly = JSON.stringify({ ...valid, message: 'x'.repeat(200_001) })
      expect(await refused(post(path, slightly), 'slightly too large')).toBe('request_invalid')
    })
  })

  describe('as text', () => {
    it.each([
      ['U+0000 alone', '\0'],
      ['U+0000 within', 'before \0 after'],
      ['nothing but white space', ' \n\t\u00a0\u2003\u3000'],
    ])('is refused: %s', async (_name, message) => {
      expect(await refused(post(SEND, JSON.stringify({ message })), message)).toBe('request_invalid')
    })

    it.each([
      ['right to left with overrides', 'שלום \u202eabc\u202c مرحبا', undefined],
      ['a lone high surrogate', 'a \ud83d b', 'a \ufffd b'],
      ['a lone low surrogate', '\ude00', '\ufffd'],
      ['swapped surrogates', '\ude00\ud83d!', '\ufffd\ufffd!'],
      ['control characters', 'a\u0001\u0007\u001b[2J\u007f\u009bz', undefined],
      ['noncharacters and invisible ones', '\ufffe\uffff\u200b\ufeff\u2028\u2029\u{e0001}', undefined],
      ['combining marks', `a${'\u0301'.repeat(5_000)}`, undefined],
      [
        'markup and statements',
        `</script><img src=x onerror=1>'; drop table users; -- \${x} {{y}}`,
        undefined,
      ],
      ['JSON within', '{"__proto__":{"a":1}}\\u0000\\ud800', undefined],
      ['200,000 characters', '界'.repeat(200_000), undefined],
    ])('is kept as it was sent: %s', async (_name, message, kept) => {
      const answer = await post(SEND, JSON.stringify({ message }))
      expect(answer.status).toBe(200)
      const { sessionKey: key } = (await answer.json()) as SendResponse
      const { messages } = (await (await get(`/api/conversations/${key}/messages`)).json()) as MessagePage
      expect(messages[0]?.content).toBe(kept ?? message)
    })
  })

  const JUNK = [
    '0',
    '-1',
    'NaN',
    'null',
    '__proto__',
    'constructor',
    'a'.repeat(5_000),
    '%00',
    '%ff%fe',
    '%F0%9F%98%80',
    "';select%201--",
    '..%2f..%2fetc',
    '%252e',
    '{}',
    `${ID}x`,
    ` ${ID}`,
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ]

  it('as an id in a path names nothing', async () => {
    for (const junk of JUNK) {
      const segment = encodeURI(junk).replaceAll('%25', '%')
      for (const [method, path] of [
        ['GET', `/api/conversations/${segment}`],
        ['GET', `/api/conversations/${segment}/messages`],
        ['GET', `/api/generations/${segment}/events`],
        ['POST', `/api/generations/${segment}/stop`],
      ] as const) {
        const code = await refused(method === 'GET' ? get(path) : post(path, undefined), `${method} ${path}`)
        expect(code).toMatch(/not_found$/)
      }
      for (const [path, valid] of Object.entries(WITH_BODY).filter(([path]) => path !== SEND)) {
        const code = await refused(
          post(path.replace(ID, segment), JSON.stringify(valid)),
          `POST ${path} ${segment}`,
        )
        expect(code).toMatch(/not_found$/)
      }
    }
  })

  describe('as a query', () => {
    const lists = () => ['/api/conversations', `/api/conversations/${sessionKey}/messages`]

    it('has a limit that is no count, twice the same parameter, or one nobody knows', async () => {
      const queries = [
        'limit=0',
        'limit=-1',
        'limit=201',
        'limit=1.5',
        'limit=NaN',
        'limit=Infinity',
        'limit=1e309',
        'limit=9007199254740993',
        'limit=',
        'limit=abc',
        'limit=%00',
        'limit=1&limit=1',
        'limit=1&limit=2',
        'before=x&before=y',
        'limit[]=1',
        'unknown=1',
        'constructor=1',
        'toString=1',
        'LIMIT=1',
        `${'k'.repeat(4_000)}=1`,
      ]
      for (const path of lists()) {
        for (const query of queries) {
          expect(await refused(get(`${path}?${query}`), `${path}?${query}`)).toBe('request_invalid')
        }
      }
    })

    it('has a cursor nobody gave out', async () => {
      const made = [
        ...['', '_', `2026-01-01_${'-'.repeat(36)}`, `x_${ID}`, `${'9'.repeat(9)}_${ID}`],
        ...[`+275760-09-13T00:00:00Z_${ID}`, `2026-01-01 (\0)_${ID}`, `2026-02-30_${ID}`],
        `2026-01-01T00:00:00+99:00_${ID}`,
      ].map((text) => Buffer.from(text).toString('base64url'))
      for (const cursor of [...JUNK, ...made]) {
        for (const path of lists()) {
          const what = `${path}?before=${encodeURIComponent(cursor)}`
          expect(await refused(get(what), what.slice(0, 200))).toBe('request_invalid')
        }
        const everything = `${lists()[1]}?all=1&before=${encodeURIComponent(cursor)}`
        expect(await refused(get(everything), everything.slice(0, 200))).toBe('request_invalid')
      }
      for (const all of ['2', 'yes', 'null', 'true,false']) {
        expect(await refused(get(`${lists()[1]}?all=${all}`), all)).toBe('request_invalid')
      }
    })

    it('cannot reach a prototype', async () => {
      for (const path of lists())
        expect((await get(`${path}?__proto__=1&__proto__=2`)).status).toBeLessThan(500)
    })
  })

  it('in a header changes nothing', async () => {
    for (const authorization of [
      'Bearer',
      'Bearer ',
      'bearer  x',
      'Basic eDp5',
      `Bearer ${'a'.repeat(12_500)}`,
      'Bearer a b',
      'Bearer \u00ff',
      `Bearer ${visitor.token}x`,
      `Bearer ${visitor.token.slice(0, -2)}`,
      `Bearer ${visitor.token.split('.').slice(0, 2).join('.')}.`,
      'Bearer eyJhbGciOiJub25lIn0.e30.',
    ]) {
      const answer = fetch(`${gateway.url}/api/conversations`, { headers: { authorization } })
      expect(await refused(answer, authorization.slice(0, 60))).toBe('unauthorized')
    }
    const junk = {
      accept: '\u00ff,;q=',
      'x-forwarded-for': '1.2.3.4, \u00e9',
      'x-request-id': '"><script>',
      'accept-language': '*'.repeat(4_000),
      cookie: '=;=;',
      range: 'bytes=9-1',
      'if-none-match': '"',
      origin: 'null',
    }
    const answer = await get('/api/conversations', junk)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('as the id of the last event starts the reader over', async () => {
    const { messages } = (await (
      await get(`/api/conversations/${sessionKey}/messages`)
    ).json()) as MessagePage
    const path = `/api/generations/${messages.at(-1)?.generationId}/events`
    for (const id of ['-1', '1.5', 'NaN', '99999999', '9'.repeat(40), '__proto__', '\u00ff', 'null', '0']) {
      const answer = await get(path, { 'last-event-id': id })
      expect(answer.status, id).toBe(200)
      expect(await answer.text(), id).toMatch(/^id: \d+\nevent: snapshot\n/)
    }
    expect((await get(`${path}?lastEventId=%00&lastEventId=2&x=1`)).status).toBeLessThan(500)
  })
})
