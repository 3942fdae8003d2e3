import { describe, expect, it } from 'vitest'
import { cpuMs } from './cpu-time.case.ts'
import { findSecrets } from './find-secrets.ts'
import { hideSecrets, placeholder, redact } from './redact.ts'
import { noise, SECRET_KINDS } from './secrets.case.ts'

const percent = (text: string) => [...text].map((sign) => `%${hex(sign)}`).join('')
const hex = (sign: string) => sign.charCodeAt(0).toString(16).padStart(2, '0')
const json = (text: string) => JSON.stringify(text).slice(1, -1)
const base64 = (text: string) => Buffer.from(text).toString('base64')

const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  base64: base64,
  'base64 without padding': (text) => base64(text).replaceAll('=', ''),
  'URL-safe base64': (text) => Buffer.from(text).toString('base64url'),
  'base64 of the text around it': (text) => base64(`{"of":"ada","note":${JSON.stringify(text)}}`),
  'URL escapes': encodeURIComponent,
  'URL escapes for every character': percent,
  'URL escapes twice': (text) => encodeURIComponent(percent(text)),
  JSON: json,
  'JSON with escaped slashes': (text) => json(text).replaceAll('/', '\\/'),
  'JSON in JSON': (text) => json(json(text)),
  'JSON escapes for every character': (text) => [...text].map((sign) => `\\u00${hex(sign)}`).join(''),
  HTML: (text) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      .replaceAll('=', '&#x3D;'),
  'HTML escapes for every character': (text) => [...text].map((sign) => `&#${sign.charCodeAt(0)};`).join(''),
  'base64 in URL escapes': (text) => encodeURIComponent(base64(text)),
  'base64 in base64': (text) => base64(base64(text)),
  'URL escapes in base64': (text) => base64(percent(text)),
  'JSON in URL escapes': (text) => percent(json(text)),
}

describe.each(Object.entries(ENCODINGS))('written as %s', (_, encode) => {
  it.each(SECRET_KINDS.map((kind) => [kind.name, kind] as const))(
    '%s is hidden',
    (_, { kind, text, secret }) => {
      const written = encode(text)
      const hidden = hideSecrets(`before ${written} after`)
      const alone = encode(secret)
      expect(hidden).toMatch(/\[REDACTED(:\w+)?\]/)
      if (kind !== '') expect(hidden).toContain(placeholder(kind))
      expect(hidden).not.toContain(alone)
      expect(hidden).not.toContain(alone.slice(-10))
      expect(hidden.startsWith('before ')).toBe(true)
      expect(hideSecrets(hidden)).toBe(hidden)
    },
  )
})

describe('what looks nearly like a secret', () => {
  const near = SECRET_KINDS.flatMap(({ near }) => near)
  it.each(near)('%s stays', (text) => {
    expect(hideSecrets(`see ${text} there`)).toBe(`see ${text} there`)
  })
})

describe('what is no secret', () => {
  const image = Buffer.from(
    Array.from({ length: 3_000 }, (_, at) => (at * 7_919 + (at >> 3) * 104_729) % 256),
  ).toString('base64')
  it.each([
    [
      'English',
      'The token bucket refills every second; a bearer of bad news keeps no secret. Your password must be long, and the key to it is patience. Cookies are baked at 180 degrees.',
    ],
    [
      'Portuguese',
      'A senha deve ter oito letras. O segredo está na massa; a chave está na porta. O token expira em uma hora e não se renova. Autorização é outra coisa.',
    ],
    [
      'a question',
      'Why does my JWT verification fail with "invalid signature" when the secret is the same? Basic authentication works.',
    ],
    [
      'TypeScript',
      'export interface Login { token: string; password: string | null }\nconst secret = await readSecret(path)\nconst apiKey = config.claude.apiKey?.reveal()',
    ],
    [
      'more TypeScript',
      'headers: { authorization: `Bearer $' +
        "{token}`, 'x-api-key': apiKey },\nif (password === '' || token === undefined) return",
    ],
    ['SQL', 'select token_hash, password_hash from auth.users where key = $1 and secret is not null'],
    [
      'a shell',
      'export CLAUDE_API_KEY=$(pass show claude)\ncurl -H "Authorization: Bearer $TOKEN" https://example.org/api?limit=20',
    ],
    ['a UUID', '5f0c5f0c-1111-4111-8111-111111111111 00000000-0000-4000-8000-123456789012'],
    ['digests', `sha256:${'ab12'.repeat(16)} ${'0123456789'.repeat(4)} sha512-${noise(86)}==`],
    ['an image', `data:image/png;base64,${image}`],
    [
      'order numbers',
      'Order 2026112500001234, invoice 1234567890123456, parcel 00340434161094042557, snowflake 1443210987654321098',
    ],
    ['times and sizes', '1764085000000 1764085000123456 4503599627370496 2026-11-25T15:36:17.123Z 12:34:56'],
    ['counts', 'inputTokens: 812, maxTokens=4096, tokens: 5, token_count=77, token: 4096'],
    [
      'addresses',
      'https://helix.example.org/api/chat/message?limit=20&before=abc#top postgres://localhost:5432/helix redis://cache:6379/0',
    ],
    [
      'a path',
      '/var/lib/helix/releases/20261125153617/node_modules/@anthropic-ai/sdk/resources/messages/messages.d.ts',
    ],
    [
      'a stack',
      'TypeError: x is not a function\n    at Object.verify (file:///srv/helix/src/signin/verifier.ts:75:13)',
    ],
    ['models', 'claude-sonnet-5-5 claude-haiku-4-5-20251001 sb_publishable_ anon service_role'],
    ['a git log', 'commit 17b593b4c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1 Author: Ada <ada@example.org>'],
    [
      'CSS',
      '.sk-fading-circle .sk-circle12:before { transform: rotate(330deg) } .task-list-item-checkbox-2026 {}',
    ],
  ])('%s stays as it is', (_, text) => {
    expect(hideSecrets(text)).toBe(text)
  })
})

describe('time', () => {
  const SHAPES = [
    ...[
      'eyJ',
      'eyJa.',
      'sk-ant-',
      'sk-',
      '://',
      '://a:',
      'postgres://a:',
      'password=',
      'password:"',
      'token: ',
      'token: abcd ',
    ],
    ...[
      '-----BEGIN PRIVATE KEY-----',
      `-----BEGIN PRIVATE KEY-----\n${noise(20)}\n`,
      'Bearer ',
      'M'.repeat(26),
      `${noise(24)}.`,
    ],
    ...[
      '%73%6b',
      '%25',
      '\\\\',
      '\\u0041',
      '&amp;',
      '&#x26;',
      '4111 ',
      '4111',
      'DE89 3704 ',
      'DE89',
      'cookie: a=b; ',
      '&code=',
    ],
    ...[
      '"',
      '-',
      'a',
      'a ',
      '=',
      '/webhooks/',
      'authorization: ',
      'basic ',
      '--token ',
      'PuTTY-User-Key-File-2:',
      'key-',
      'ya29.',
    ],
    ...['[REDACTED]', 'secret=secret:', 'c2stYW50', "password '", '\u001b[', '\u200b', 'sk-ant-\u200b'],
  ]
  it.each(SHAPES)('grows with the length alone for %j', (shape) => {
    const [some, much] = [125_000, 1_000_000].map((length) => shape.repeat(Math.ceil(length / shape.length)))
    const least = (text = '') => Math.min(...[1, 2, 3].map(() => cpuMs(() => findSecrets(text))))
    const few = least(some)
    // Eight times the text; what grows with its square would take sixty-four times as long.
    expect(least(much)).toBeLessThan(Math.max(40 * few, 150))
  })

  it('is short for what people write', () => {
    const text = 'The quick brown fox asks Helix about deploy tokens, reads the docs and goes on. '.repeat(
      1_280,
    )
    expect(Math.min(...[1, 2, 3].map(() => cpuMs(() => findSecrets(text))))).toBeLessThan(40)
  })
})

describe('redact', () => {
  it('says how much it cut', () => {
    const text = `${'word '.repeat(400)}`
    const cut = redact(text)
    expect(cut.length).toBeLessThanOrEqual(1_000)
    const [, told] = /…\[\+(\d+) characters\]$/.exec(cut) ?? []
    expect(Number(told)).toBe(text.length - cut.indexOf('…'))
    expect(redact(cut)).toBe(cut)
  })
})
