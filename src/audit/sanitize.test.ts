import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, randomText, randomValue } from './generate.case.ts'
import { hideSecrets, redact } from './redact.ts'
import { sanitize } from './sanitize.ts'
import { SECRET_KINDS } from './secrets.case.ts'

// Made up here, in pieces, so that no scanner takes them for real ones.
const word = (length: number) => 'aB3dE5gH7jK9mN1pQ2sT4vW6'.repeat(8).slice(0, length)
const JWT = `eyJ${word(30)}.eyJ${word(60)}.${word(43)}`
const SECRETS: [name: string, secret: string][] = [
  ['Anthropic key', `sk-ant-api03-${word(80)}`],
  ['Anthropic admin key', `sk-ant-admin01-${word(80)}`],
  ['OpenAI key', `sk-proj-${word(48)}`],
  ['Supabase secret key', `sb_secret_${word(31)}`],
  ['Supabase access token', `sbp_${word(40)}`],
  ['JWT', JWT],
  ['Discord bot token', `MT${word(24)}.${word(6)}.${word(38)}`],
  ['Discord webhook', `https://discord.com/api/webhooks/123456789012345678/${word(68)}`],
  ['old Discord webhook', `https://canary.discordapp.com/api/v10/webhooks/123456789012345678/${word(68)}`],
  ['GitHub token', `ghp_${word(36)}`],
  ['AWS key id', 'AKIAABCDEFGHIJKLMNOP'],
  ['Stripe key', `sk_live_${word(24)}`],
  ['PostgreSQL address', `postgres://helix:${word(12)}@db.example.org:5432/postgres?sslmode=require`],
  ['Redis address', `rediss://default:${word(12)}@cache.example.org:6379`],
]

describe('redact', () => {
  it.each(SECRETS)('hides a %s wherever it stands', (_, secret) => {
    for (const text of [secret, `see ${secret} there`, `{"a":"${secret}"}`, `x=${secret}&y`, `(${secret})`]) {
      expect(redact(text)).not.toContain(secret.slice(-12))
      expect(redact(text)).toContain('[REDACTED')
    }
  })

  it.each(SECRETS)('hides a %s split by characters nobody sees', (_, secret) => {
    const split = `${secret.slice(0, 12)}\u200b${secret.slice(12, 20)}\u0000${secret.slice(20)}`
    expect(redact(split)).toContain('[REDACTED')
  })

  it.each(SECRETS)('hides a %s written in URL escapes', (_, secret) => {
    const escaped = [...secret].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')
    expect(redact(escaped.slice(0, 900))).toMatch(/^\[REDACTED:\w+\]$/)
  })

  it.each([
    ['a bearer header', `authorization: Bearer ${word(20)}`],
    ['a cookie', `Cookie: sb-access-token=${word(20)}; b=${word(12)}`],
    ['an assignment', `DB_PASSWORD=${word(12)}`],
    ['JSON', `{"api_key": "${word(12)}"}`],
    ['JSON inside JSON', `{\\"client_secret\\":\\"${word(12)}\\"}`],
    ['a query', `https://x.example/cb?code=${word(12)}&access_token=${word(12)}`],
    ['an address with a user', `https://ana:${word(12)}@x.example/`],
    ['a key file', `-----BEGIN OPENSSH PRIVATE KEY-----\n${word(60)}\n-----END OPENSSH PRIVATE KEY-----`],
    ['a key file on one line', `-----BEGIN PRIVATE KEY-----\\n${word(60)}\\n-----END PRIVATE KEY-----`],
    ['half a key file', `-----BEGIN RSA PRIVATE KEY-----\n${word(60)}`],
  ])('hides the value in %s', (_, text) => {
    expect(redact(text)).not.toContain(word(12))
  })

  it.each([
    'claude-sonnet-5-5',
    '5f0c5f0c-1111-4111-8111-111111111111',
    'ab'.repeat(32),
    '2026-11-23T08:00:00.000Z',
    'helix db migrate --env production',
    'https://helix.example.org/api/chat/message?limit=20',
    'conversation_not_found',
    'inputTokens: 812',
    'journal/0123456789abcdef0123456789abcdef',
  ])('leaves %s as it is', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('leaves nothing a terminal acts on', () => {
    expect(redact('a\u001b[31mred\u001b[0m\u0007\u009b2J\u202eb\r\nc')).toBe('aredb c')
  })

  it('does not let a cut halve a secret', () => {
    const text = `${'x '.repeat(32_750)}sk-ant-api03-${word(80)}`
    expect(redact(text)).not.toContain('sk-ant')
    expect(redact(`${'y'.repeat(990)} sk-ant-api03-${word(80)}`)).not.toContain('sk-ant')
  })

  it('takes time that grows with the length alone', () => {
    const traps = [
      'eyJ',
      'sk-ant-',
      '://',
      '://a:',
      'password=',
      'token ',
      '-----BEGIN PRIVATE KEY-----',
      'Bearer ',
    ]
    const shapes = [
      ...traps,
      'M'.repeat(26),
      `${word(24)}.`,
      '%73%6b',
      '\u001b[',
      '\u001b]',
      'cookie:',
      '?key=',
      '"',
      '-',
    ]
    for (const shape of shapes) {
      const text = shape.repeat(Math.ceil(1_000_000 / shape.length))
      const started = performance.now()
      redact(text)
      expect(performance.now() - started, shape).toBeLessThan(500)
    }
  })
})

describe('sanitize', () => {
  it.each([
    ...[
      'password',
      'PassWord',
      'db.password',
      'Authorization',
      'x-api-key',
      'CLAUDE_API_KEY',
      'accessToken',
      'set-cookie',
    ],
    ...[
      'SUPABASE_SERVICE_ROLE',
      'DISCORD_WEBHOOK_ALERTS',
      'DATABASE_URL',
      'client secret',
      'refresh_token',
      'content',
    ],
  ])('hides whatever is named %s', (key) => {
    expect(sanitize({ [key]: 'plain' })).toEqual({ [key]: '[REDACTED]' })
    expect(sanitize({ deep: [{ [key]: { a: 1 } }] })).toEqual({ deep: [{ [key]: '[REDACTED]' }] })
  })

  it.each([
    ...[
      'apiKey',
      'api_key',
      'API-KEY',
      'Api Key',
      'API.KEY',
      'x-api-key',
      'stripeApiKeyOld',
      'ANTHROPIC_API_KEY_2',
      'apikey',
    ],
    ...[
      'password',
      'passWord',
      'PASSWORD_HASH',
      'userPassword',
      'new-password',
      'password1',
      'dbpassword',
      'pwd',
      'MYSQL_PWD',
    ],
    ...[
      'secret',
      'clientSecret',
      'client-secret',
      'secretKey',
      'SECRET_ACCESS_KEY',
      'jwtSecretCurrent',
      'secrets',
    ],
    ...[
      'token',
      'accessToken',
      'access_token',
      'refreshTokens',
      'tokenHash',
      'bot token',
      'DISCORD_BOT_TOKEN',
      'idToken',
    ],
    ...[
      'privateKey',
      'private-key-pem',
      'signingKey',
      'encryption_key',
      'serviceRole',
      'SUPABASE_SERVICE_ROLE_KEY',
    ],
    ...[
      'Set-Cookie',
      'cookies',
      'Proxy-Authorization',
      'auth',
      'credentials',
      'awsCredentials',
      'dsn',
      'connectionString',
    ],
    ...[
      'DISCORD_WEBHOOK_HASH_CHAIN',
      'webhookUrl',
      'smtp_url',
      'REDIS_URL',
      'jwt',
      'otp',
      'senha',
      'ｐａｓｓｗｏｒｄ',
    ],
  ])('hides a text named %s', (key) => {
    expect(sanitize({ [key]: 'plain' })).not.toHaveProperty([key], 'plain')
    expect(Object.values(sanitize({ [key]: 'plain' }) ?? {})).toEqual(['[REDACTED]'])
  })

  it.each([
    ...[
      'tokens',
      'maxTokens',
      'tokenCount',
      'token_type',
      'inputTokens',
      'tokensPerMinute',
      'tokenizer',
      'tokenExpiresAt',
    ],
    ...[
      'keyboard',
      'key',
      'keys',
      'monkey',
      'sessionKey',
      'publicKey',
      'anonKey',
      'publishableKey',
      'primaryKey',
      'idempotencyKey',
    ],
    ...[
      'author',
      'authority',
      'authorizationUrl',
      'authorId',
      'passage',
      'passed',
      'compass',
      'passport',
      'bypassed',
    ],
    ...[
      'secretary',
      'cookieConsent',
      'pinned',
      'spin',
      'shopping',
      'passwordPolicy',
      'secretName',
      'hook',
      'role',
      'description',
    ],
    ...[
      'contentType',
      'contentLength',
      'promptLength',
      'messageId',
      'accountId',
      'credit',
      'option',
      'tokenUrl',
    ],
  ])('shows a text named %s', (key) => {
    expect(sanitize({ [key]: 'plain' })).toEqual({ [key]: 'plain' })
  })

  it('hides numbers only under names whose numbers are secrets', () => {
    expect(
      sanitize({ pin: 1234, otp: 123456, password: 12345678, cvv: 123, token: 5, maxTokens: 9 }),
    ).toEqual({
      ...{
        pin: '[REDACTED]',
        otp: '[REDACTED]',
        password: '[REDACTED]',
        cvv: '[REDACTED]',
        token: 5,
        maxTokens: 9,
      },
    })
    expect(sanitize([4_111_111_111_111_111, 1_764_085_000_000])).toEqual([
      '[REDACTED:payment_card]',
      1_764_085_000_000,
    ])
  })

  it('hides what a list of headers, or of names and values, names', () => {
    const headers = ['Host', 'x.example', 'Authorization', 'opaque', 'Cookie', 'also opaque']
    expect(sanitize(headers)).toEqual([
      'Host',
      'x.example',
      'Authorization',
      '[REDACTED]',
      'Cookie',
      '[REDACTED]',
    ])
    expect(sanitize([['x-api-key', 'opaque']])).toEqual([['x-api-key', '[REDACTED]']])
    expect(sanitize([{ name: 'DB_PASSWORD', value: 'opaque' }])).toEqual([
      { name: 'DB_PASSWORD', value: '[REDACTED]' },
    ])
    expect(sanitize([{ key: 'color', value: 'red' }])).toEqual([{ key: 'color', value: 'red' }])
    expect(sanitize(new Headers({ authorization: 'opaque', accept: '*/*' }))).toEqual({
      accept: '*/*',
      authorization: '[REDACTED]',
    })
  })

  it('keeps counts and flags, whatever they are named', () => {
    const facts = {
      inputTokens: 5,
      tokens: 7,
      hasPassword: true,
      maxTokens: 9,
      sessionKey: 'abc',
      token: null,
    }
    expect(sanitize(facts)).toEqual(facts)
  })

  it('keeps only what JSON, jsonb and RFC 8785 keep alike', () => {
    expect(
      sanitize([-0, Number.NaN, 2 ** 53, 10n ** 20n, 'a\u0000b', '\ud800', new Date(0), undefined]),
    ).toEqual([
      ...[
        0,
        'NaN',
        '9007199254740992',
        '100000000000000000000',
        'ab',
        '\ufffd',
        '1970-01-01T00:00:00.000Z',
        null,
      ],
    ])
  })

  it('keeps no key that JSON would have to escape', () => {
    expect(sanitize({ 'a"b': 1, 'c\\d': 2, 'e\nf': 3 })).toEqual({ a_b: 1, c_d: 2, 'e f': 3 })
  })

  it('tells of an error its name and code, not its words', () => {
    const error = Object.assign(new Error('user said hello'), { code: 'upstream_failed' })
    expect(sanitize({ error })).toEqual({ error: { name: 'Error', code: 'upstream_failed' } })
  })

  it('tells of the causes of an error what it tells of the error', () => {
    const cause = Object.assign(new TypeError('user said hello'), { code: 'ECONNRESET' })
    const error = new AggregateError([new RangeError('hello')], 'hello', { cause })
    expect(sanitize(error)).toEqual({
      name: 'AggregateError',
      cause: { name: 'TypeError', code: 'ECONNRESET' },
      errors: [{ name: 'RangeError' }],
    })
    const loop = new Error('hello')
    loop.cause = loop
    expect(JSON.stringify(sanitize(loop))).toContain('[CUT]')
  })

  it('reads maps, sets, bytes and boxes', () => {
    expect(
      sanitize(
        new Map([
          ['password', 'x'],
          ['a', 'b'],
        ]),
      ),
    ).toEqual({ password: '[REDACTED]', a: 'b' })
    expect(sanitize(new Map([[{ a: 1 }, 'b']]))).toEqual([[{ a: 1 }, 'b']])
    expect(sanitize(new Set([1, new Set([2])]))).toEqual([1, [2]])
    expect(sanitize([Buffer.from('secret'), new Float64Array(2), new ArrayBuffer(3)])).toEqual([
      ...['[6 bytes]', '[16 bytes]', '[3 bytes]'],
    ])
    expect(sanitize([Object('text'), Object(1), /a+/, new URL('https://a:b12@x.example/')])).toEqual([
      ...['text', 1, '/a+/', 'https://a:[REDACTED]@x.example/'],
    ])
    expect(sanitize([Promise.resolve(1), new WeakMap(), Symbol('a'), () => 1])).toEqual([
      ...['[UNSANITIZABLE]', '[UNSANITIZABLE]', null, null],
    ])
  })

  it('bounds depth, width and size, also of what refers to itself', () => {
    const loop: Record<string, unknown> = { name: 'loop' }
    loop.again = [loop, loop]
    expect(JSON.stringify(sanitize(loop)).length).toBeLessThan(20_000)
    const list = sanitize(Array.from({ length: 1e6 }, () => 1))
    expect(list).toHaveLength(64)
    expect(list).toContain('[CUT 999937 items]')
    const members = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i]))
    expect(Object.keys(sanitize(members) ?? {})).toHaveLength(64)
    expect(sanitize(members)).toMatchObject({ k62: 62, '[CUT]': '437 members' })
    const nested = sanitize(JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)))
    expect(JSON.stringify(nested)).toBe('[[[[[["[CUT]"]]]]]]')
    const texts = sanitize(
      Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => 'word '.repeat(200))),
    )
    expect(JSON.stringify(texts).length).toBeLessThan(70_000)
    expect(JSON.stringify(texts)).toContain('[CUT 1000 characters]')
    expect(sanitize(texts)).toEqual(texts)
  })

  it('marks what cannot be read and never throws', () => {
    const trap = new Proxy({}, { ownKeys: () => JSON.parse('{') })
    expect(sanitize(trap)).toBe('[UNSANITIZABLE]')
    expect(sanitize({ a: { toJSON: () => JSON.parse('{') }, b: 1 })).toEqual({ a: '[UNSANITIZABLE]', b: 1 })
    const throwing = Object.defineProperty({ b: 1 }, 'a', { enumerable: true, get: () => JSON.parse('{') })
    expect(sanitize(throwing)).toEqual({ a: '[UNSANITIZABLE]', b: 1 })
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(sanitize([proxy, 1])).toEqual(['[UNSANITIZABLE]', 1])
    const hostile = new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 40 : JSON.parse('{')) })
    expect(sanitize({ hostile, b: 1 })).toMatchObject({ b: 1 })
    expect(sanitize({ toJSON: () => ({ toJSON: () => 'inner' }) })).toBe('inner')
  })

  it('is deterministic and idempotent', () => {
    const random = createRandom(2)
    for (let round = 0; round < 3_000; round += 1) {
      const value = randomValue(random)
      const once = sanitize(value)
      expect(sanitize(value)).toEqual(once)
      expect(sanitize(once)).toEqual(once)
      expect(JSON.parse(JSON.stringify(once))).toEqual(once)
    }
  })

  it('is idempotent on text made of pieces of secrets', () => {
    const random = createRandom(3)
    const pieces = SECRETS.map(([, secret]) => secret)
    for (let round = 0; round < 3_000; round += 1) {
      const parts = Array.from({ length: 6 }, () => {
        const secret = pieces[Math.floor(random() * pieces.length)] ?? ''
        return (
          secret.slice(Math.floor(random() * 20), Math.floor(random() * secret.length)) +
          randomText(random, 4)
        )
      })
      const once = redact(parts.join(''))
      expect(redact(once)).toBe(once)
    }
  })

  it('gives any value a copy of which it would give the same', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...SECRET_KINDS.map(({ text }) => text), 'password', '[CUT 5 characters]', '[CUT]'),
    )
    const anything = fc.anything({
      key: text,
      values: [text, fc.double(), fc.boolean(), fc.bigInt(), fc.date(), fc.constant(undefined)],
      maxDepth: 8,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withSparseArray: true,
    })
    fc.assert(
      fc.property(anything, (value) => {
        const once = sanitize(value)
        expect(sanitize(value)).toEqual(once)
        expect(sanitize(once)).toEqual(once)
        expect(sanitize(JSON.parse(JSON.stringify(once)))).toEqual(once)
      }),
      { numRuns: 2_000 },
    )
  })

  it('gives any text a form it would leave alone', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...SECRET_KINDS.map(({ text }) => text)),
    )
    const cut = fc
      .tuple(piece, fc.nat(80), fc.nat(80))
      .map(([text, from, to]) => text.slice(from % 20, to + from))
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, cut), { maxLength: 12 }), (pieces) => {
        const once = redact(pieces.join(''))
        expect(redact(once)).toBe(once)
        const hidden = hideSecrets(pieces.join(''))
        expect(hideSecrets(hidden)).toBe(hidden)
      }),
      { numRuns: 2_000 },
    )
  })
})
