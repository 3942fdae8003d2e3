import { auditHead } from './append.ts'
import { type AuditEntry, CHANNELS, type NewEntry } from './entry.ts'
import { bodyText, entryHash, NO_HASH, sha256Hex } from './hash.ts'

/** Numbers from 0 to below 1, the same for the same seed. */
export type Random = () => number

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T
}

const PIECES = [
  ...['a', 'Z', '0', ' ', '.', '/', '"', '\\', '\n', '\t', '\b', '\u0000', '\u001b[31m', '\u007f', '\u0085'],
  ...[
    'é',
    'ß',
    '中',
    '😀',
    '\ud83d',
    '\ude00',
    '\u200b',
    '\u202e',
    '\u2028',
    '\ufeff',
    '\uffff',
    '\u{10ffff}',
  ],
  ...[
    'password=',
    'token: ',
    'Bearer ',
    'sk-ant-',
    'eyJ',
    'https://',
    'user:pw@',
    '%73%6b',
    '[REDACTED]',
    '=',
    ':',
  ],
  ...['__proto__', 'constructor', 'intent', 'outcome', 'abcdefghijklmnop', '0123456789', '…'],
]

export function randomText(random: Random, most = 12): string {
  return Array.from({ length: Math.floor(random() * most) }, () => pick(random, PIECES)).join('')
}

const NUMBERS = [
  ...[0, -0, 1, -1, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1 / 3],
  ...[
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    123456789.125,
    1e300,
    Number('333333333.33333329'),
  ],
]

/** Anything one might try to log, of any type and depth. */
export function randomValue(random: Random, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 7 ? 6 : 10))
  switch (kind) {
    case 0:
      return pick(random, NUMBERS)
    case 1:
      return (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20)
    case 2:
      return pick(random, [true, false, null, undefined])
    case 3:
      return pick(random, [new Date(1e12), new Date(Number.NaN), 10n ** 30n, Symbol('s'), () => 1, new Map()])
    case 4:
    case 5:
      return randomText(random, random() < 0.05 ? 400 : 12)
    case 6:
    case 7:
      return Array.from({ length: size(random) }, () => randomValue(random, depth + 1))
    default:
      return Object.fromEntries(
        Array.from({ length: size(random) }, () => [randomText(random, 4), randomValue(random, depth + 1)]),
      )
  }
}

function size(random: Random): number {
  return Math.floor(random() * (random() < 0.03 ? 90 : 6))
}

/** Links entries as the database does. */
export function link(log: string, news: readonly NewEntry[], at: (index: number) => Date): AuditEntry[] {
  let prev = NO_HASH
  return news.map((entry, index) => {
    const body = bodyText(auditHead(log, entry, at(index)), prev, index + 1)
    prev = sha256Hex(body)
    return { ...JSON.parse(body), hash: prev }
  })
}

/** The entry with another content and the hash that goes with it. */
export function rehashed(entry: AuditEntry, change: Partial<AuditEntry>): AuditEntry {
  const changed = { ...entry, ...change }
  return { ...changed, hash: entryHash(changed) }
}

/** A well-formed log of `size` entries: intents, each closed a little later, and plain entries between them. */
export function randomChain(
  random: Random,
  size: number,
  log = 'log-a',
  from = 1_700_000_000_000,
): AuditEntry[] {
  const open: number[] = []
  const news: NewEntry[] = []
  for (let seq = 1; seq <= size; seq += 1) {
    const left = size - seq + 1
    const closing = open.length >= left || (open.length > 0 && random() < 0.4) ? open.shift() : undefined
    const opens = closing === undefined && open.length < left - 1 && random() < 0.5
    if (opens) open.push(seq)
    const kind = closing !== undefined ? 'claude.response' : opens ? 'claude.request' : 'user.seen'
    const data = closing === undefined ? { n: random() } : { intent: closing, outcome: 'ok', n: random() }
    news.push({ channel: pick(random, CHANNELS), kind, actor: 'person-1', data })
  }
  return link(log, news, (index) => new Date(from + index * 10))
}
