import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { AuditEntry } from './entry.ts'
import { exportLine } from './export.ts'
import type { FindingKind } from './finding.ts'
import { createRandom, link, pick, type Random, randomChain, rehashed } from './generate.case.ts'
import { HashList } from './hash-list.ts'
import { type VerifyOptions, verifyEntries } from './verify.ts'

const SEEDS = Array.from({ length: 150 }, (_, index) => index)
const END_OF_TIME = new Date(4e12)

async function verdict(entries: readonly (AuditEntry | string)[], options: VerifyOptions = {}) {
  const { findings } = await verifyEntries(entries, { now: END_OF_TIME, ...options })
  return findings.map(({ kind, log, seq }) => `${kind} ${log}/${seq}`)
}

/** A chain of 8 to 60 entries and a place in it that is neither the first nor one of the last two. */
function fixture(seed: number) {
  const random = createRandom(seed)
  const chain = randomChain(random, 8 + Math.floor(random() * 52))
  const seq = 2 + Math.floor(random() * (chain.length - 4))
  return { random, chain, seq, at: seq - 1, head: headOf(chain) }
}

function headOf(chain: readonly AuditEntry[]) {
  const last = entryAt(chain, chain.length - 1)
  return { log: last.log, seq: last.seq, hash: last.hash }
}

function entryAt(chain: readonly AuditEntry[], index: number): AuditEntry {
  const entry = chain[index]
  if (entry === undefined) throw new Error(`The chain has no entry ${index}`)
  return entry
}

type Mutated = readonly (AuditEntry | string)[]
type Mutation = (fixture: { random: Random; chain: AuditEntry[]; at: number }) => Mutated

const FIELDS: readonly ((entry: AuditEntry, random: Random) => object)[] = [
  () => ({ schema: 2 }),
  () => ({ log: 'another' }),
  ({ seq }, random) => ({ seq: seq + 1 + Math.floor(random() * 5) }),
  ({ seq }, random) => ({ seq: Math.max(1, seq - 1 - Math.floor(random() * 5)) }),
  () => ({ at: '2020-01-01T00:00:00.000Z' }),
  ({ at }) => ({ at: at.replace('Z', '+00:00') }),
  ({ channel }) => ({ channel: channel === 'api' ? 'alerts' : 'api' }),
  ({ kind }) => ({ kind: `${kind}s` }),
  () => ({ actor: 'cli:mallory' }),
  ({ data }) => ({ data: { ...data, n: 2 } }),
  ({ data }) => ({ data: { ...data, more: null } }),
  () => ({ data: {} }),
  () => ({ data: [] }),
  () => ({ prev: 'f'.repeat(64) }),
  () => ({ hash: 'f'.repeat(64) }),
  () => ({ hash: 'F' }),
  () => ({ extra: 1 }),
]

const put = (chain: AuditEntry[], at: number, ...entries: (AuditEntry | string)[]): Mutated => [
  ...chain.slice(0, at),
  ...entries,
  ...chain.slice(at + 1),
]

const AT_ITS_SEQ: [what: string, kind: FindingKind, mutate: Mutation][] = [
  ...FIELDS.map((change, index): [string, FindingKind, Mutation] => [
    `a changed field (${index})`,
    'edited',
    ({ chain, at, random }) => {
      const entry = entryAt(chain, at)
      return put(chain, at, { ...entry, ...change(entry, random) })
    },
  ]),
  [
    'a missing field',
    'edited',
    ({ chain, at }) =>
      put(chain, at, JSON.parse(JSON.stringify({ ...entryAt(chain, at), actor: undefined }))),
  ],
  ['an unreadable line', 'edited', ({ chain, at }) => put(chain, at, '{"schema":1,\n')],
  [
    'a flipped byte',
    'edited',
    ({ chain, at, random }) => put(chain, at, flipped(exportLine(entryAt(chain, at)), random)),
  ],
  [
    'a backdated entry',
    'edited',
    ({ chain, at }) => put(chain, at, { ...entryAt(chain, at), at: '2001-01-01T00:00:00.000Z' }),
  ],
  [
    'an edit that fits its own hash',
    'forked',
    ({ chain, at }) => put(chain, at, rehashed(entryAt(chain, at), { actor: 'cli:mallory' })),
  ],
  [
    'an entry tied to nothing',
    'edited',
    ({ chain, at }) => put(chain, at, rehashed(entryAt(chain, at), { prev: 'f'.repeat(64) })),
  ],
  ['a deleted entry', 'gap', ({ chain, at }) => put(chain, at)],
  ['a deleted run', 'gap', ({ chain, at }) => [...chain.slice(0, at), ...chain.slice(at + 2)]],
  ['two neighbours swapped', 'reordered', ({ chain, at }) => swapped(chain, at, at + 1)],
  ['two distant entries swapped', 'reordered', ({ chain, at }) => swapped(chain, at, chain.length - 1)],
  ['an entry moved to the end', 'reordered', ({ chain, at }) => [...put(chain, at), entryAt(chain, at)]],
  [
    'a later entry moved forward',
    'reordered',
    ({ chain, at }) => [
      ...chain.slice(0, at),
      entryAt(chain, at + 1),
      entryAt(chain, at),
      ...chain.slice(at + 2),
    ],
  ],
  [
    'a second version after the first',
    'forked',
    ({ chain, at }) => put(chain, at, entryAt(chain, at), rehashed(entryAt(chain, at), { actor: 'cli:x' })),
  ],
  [
    'a second version before the first',
    'forked',
    ({ chain, at }) => put(chain, at, rehashed(entryAt(chain, at), { actor: 'cli:x' }), entryAt(chain, at)),
  ],
  [
    'an inserted entry of another log',
    'forked',
    ({ chain, at }) => put(chain, at, rehashed(entryAt(chain, at), { log: 'other' }), entryAt(chain, at)),
  ],
  [
    'an edited repetition',
    'edited',
    ({ chain, at }) => [...chain, { ...entryAt(chain, at), actor: 'cli:x' }],
  ],
  [
    'a tail of another history',
    'forked',
    ({ chain, at }) => [...chain.slice(0, at + 1), ...rewritten(chain, at).slice(at + 1)],
  ],
]

function flipped(line: string, random: Random): string {
  const bytes = Buffer.from(line)
  const place = 1 + Math.floor(random() * (bytes.length - 3))
  bytes[place] = (bytes[place] ?? 0) ^ 1
  return bytes.toString('utf8')
}

function swapped(chain: AuditEntry[], a: number, b: number): AuditEntry[] {
  return chain.map((entry, index) => entryAt(chain, index === a ? b : index === b ? a : index) ?? entry)
}

/** The chain as it would be had the entry at `at` been another, consistent to its end. */
function rewritten(chain: AuditEntry[], at: number): AuditEntry[] {
  const news = chain.map((entry, index) => (index === at ? { ...entry, actor: 'cli:mallory' } : entry))
  return link(entryAt(chain, 0).log, news, (index) => new Date(entryAt(chain, index).at))
}

describe('verifyEntries', () => {
  it.each(AT_ITS_SEQ)('finds %s as %s, at its seq', async (_, kind, mutate) => {
    for (const seed of SEEDS) {
      const { head, seq, ...rest } = fixture(seed)
      const mutated = mutate(rest)
      expect(await verdict(mutated), `seed ${seed}`).toEqual([`${kind} log-a/${seq}`])
      expect(await verdict(mutated, { head }), `seed ${seed}, head known`).toEqual([`${kind} log-a/${seq}`])
    }
  })

  it('accepts what nobody touched, as entries and as lines', async () => {
    for (const seed of SEEDS) {
      const { chain, head } = fixture(seed)
      expect(await verdict(chain, { head })).toEqual([])
      expect(await verdict(chain.map(exportLine), { head })).toEqual([])
    }
  })

  it('accepts the same entry again, as a retried delivery leaves it', async () => {
    for (const seed of SEEDS) {
      const { chain, random, head } = fixture(seed)
      const repeated = chain.flatMap((entry, index) => [
        entry,
        entryAt(chain, Math.floor(random() * (index + 1))),
      ])
      expect(await verdict(repeated, { head })).toEqual([])
    }
  })

  it('finds a cut tail when the end is known', async () => {
    for (const seed of SEEDS) {
      const { chain, seq, head } = fixture(seed)
      expect(await verdict(chain.slice(0, seq - 1), { head })).toEqual([`truncated log-a/${seq}`])
    }
    const { chain, head } = fixture(0)
    expect(await verdict([], { head })).toEqual(['truncated log-a/1'])
    expect(await verdict(chain.slice(0, -1), { head })).toEqual([`truncated log-a/${chain.length}`])
  })

  it('finds a history rewritten to its end when an end is known', async () => {
    for (const seed of SEEDS) {
      const { chain, at, head } = fixture(seed)
      expect(await verdict(rewritten(chain, at), { head })).toEqual([`forked log-a/${head.seq}`])
    }
  })

  it('finds a replaced first and last entry', async () => {
    const { chain, head } = fixture(1)
    const last = entryAt(chain, chain.length - 1)
    const forged = rehashed(last, { actor: 'cli:x' })
    expect(await verdict([...chain.slice(0, -1), forged], { head })).toEqual([`forked log-a/${last.seq}`])
    const loose = rehashed(last, { prev: 'e'.repeat(64) })
    expect(await verdict([...chain.slice(0, -1), loose], { head })).toEqual([`edited log-a/${last.seq}`])
    expect(await verdict(put(chain, 0, rehashed(entryAt(chain, 0), { actor: 'cli:x' })))).toEqual([
      'forked log-a/1',
    ])
    expect(await verdict(put(chain, 0, rehashed(entryAt(chain, 0), { prev: 'a'.repeat(64) })))).toEqual([
      'edited log-a/1',
    ])
    expect(await verdict(chain.slice(3))).toEqual(['gap log-a/1'])
  })

  it('tells a line cut short at the end from one cut in the middle', async () => {
    const { chain } = fixture(2)
    const lines = chain.map(exportLine)
    const short = lines.at(-1)?.slice(0, 40) ?? ''
    expect(await verdict([...lines.slice(0, -1), short])).toEqual([`truncated log-a/${chain.length}`])
    expect(await verdict([...lines.slice(0, -2), short, lines.at(-1) ?? ''])).toEqual([
      `edited log-a/${chain.length - 1}`,
    ])
    const tolerant = await verifyEntries([...lines, short], { now: new Date(0), mayBeTorn: true })
    expect(tolerant).toMatchObject({ torn: true, findings: [], entries: chain.length })
  })
})

describe('open intents', () => {
  const start = 1_700_000_000_000
  const intent = { channel: 'api', kind: 'claude.request', actor: 'cli:a', data: {} } as const
  const other = { channel: 'commands', kind: 'deploy.start', actor: 'cli:a', data: {} } as const
  const closing = {
    channel: 'api',
    kind: 'claude.response',
    actor: 'cli:a',
    data: { intent: 1, outcome: 'ok' },
  } as const
  const chain = link('log-a', [intent, other, closing], () => new Date(start))
  const at = (ms: number) => verdict(chain, { now: new Date(start + ms) })

  it('are findings once they are older than the grace', async () => {
    expect(await at(59_999)).toEqual([])
    expect(await at(60_000)).toEqual(['open_intent log-a/2'])
    expect(await verdict(chain, { now: new Date(start + 1_000), graceMs: 500 })).toEqual([
      'open_intent log-a/2',
    ])
  })

  it('are not closed by an entry that came before them', async () => {
    const early = link(
      'log-a',
      [{ ...closing, data: { intent: 2, outcome: 'ok' } }, intent],
      () => new Date(start),
    )
    expect(await verdict(early)).toEqual(['open_intent log-a/2'])
  })
})

describe('a log that continues another', () => {
  const old = randomChain(createRandom(5), 20, 'log-a')
  const hashes = new HashList()
  for (const { hash } of old) hashes.push(hash)
  const told = { log: 'log-a', size: 20, head: hashes.get(20), root: hashes.root(20), backup: 'b1' }

  function continued(data: Record<string, unknown>): AuditEntry[] {
    const opening = { channel: 'hash-chain', kind: 'log.continue', actor: 'cli:a', data } as const
    const more = { channel: 'api', kind: 'user.seen', actor: 'cli:a', data: {} } as const
    return link('log-b', [opening, more, more], () => new Date(1_800_000_000_000))
  }

  it('is followed, to its known end', async () => {
    const fresh = continued(told)
    expect(await verdict([...old, ...fresh], { head: headOf(fresh) })).toEqual([])
    expect(await verdict(fresh, { head: headOf(fresh) })).toEqual([])
    expect(await verdict([...old, ...fresh.slice(0, 2)], { head: headOf(fresh) })).toEqual([
      'truncated log-b/3',
    ])
    expect(await verdict(old, { head: headOf(fresh) })).toEqual(['truncated log-b/1'])
  })

  it.each([
    ['more than is there', { size: 25 }, 'truncated log-a/21'],
    ['less than is there', { size: 15 }, 'forked log-a/16'],
    ['another end', { head: 'c'.repeat(64) }, 'forked log-a/20'],
    ['another root', { root: 'c'.repeat(64) }, 'forked log-a/20'],
    ['no size', { size: 'all' }, 'edited log-b/1'],
    ['another log', { log: 'log-x' }, 'forked log-a/21'],
  ])('is refused when it names %s', async (_, change, expected) => {
    expect(await verdict([...old, ...continued({ ...told, ...change })])).toEqual([expected])
  })

  it('closes what was open in the log before it', async () => {
    const intent = { channel: 'api', kind: 'claude.request', actor: 'cli:a', data: {} } as const
    const [open] = link('log-a', [intent], () => new Date(0))
    if (open === undefined) throw new Error('no entry')
    const fresh = continued({ log: 'log-a', size: 1, head: open.hash, backup: 'b1' })
    expect(await verdict([open])).toEqual(['open_intent log-a/1'])
    expect(await verdict([open, ...fresh])).toEqual([])
  })
})

describe('the Merkle root', () => {
  it('is that of RFC 6962', () => {
    const list = new HashList()
    const leaves = ['', '00', '10', '2021', '3031'].map((hex) => hex.padStart(64, '0'))
    for (const leaf of leaves) list.push(leaf)
    expect(list.root(0)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(list.root(1)).toBe('7f9c9e31ac8256ca2f258583df262dbc7d6f68f2a03043d5c99a4ae5a7396ce9')
    expect(list.root(5)).toBe(reference(leaves))
  })

  // The definition, as the RFC writes it: split at the largest power of two below the number of leaves.
  function reference(leaves: readonly string[]): string {
    const list = new HashList()
    for (const leaf of leaves.slice(0, 1)) list.push(leaf)
    if (leaves.length === 1) return list.root(1)
    let half = 1
    while (half * 2 < leaves.length) half *= 2
    const sides = [reference(leaves.slice(0, half)), reference(leaves.slice(half))]
    return createHash('sha256')
      .update(Buffer.from(`01${sides.join('')}`, 'hex'))
      .digest('hex')
  }
})

describe('the list of hashes', () => {
  it('gives back each hash, across its chunks', () => {
    const list = new HashList()
    const random = createRandom(6)
    const hex = Array.from({ length: 9_000 }, () =>
      Array.from({ length: 64 }, () => pick(random, [...'0123456789abcdef'])).join(''),
    )
    for (const hash of hex) list.push(hash)
    expect([0, 1, 4_096, 4_097, 9_000, 9_001].map((seq) => list.get(seq))).toEqual([
      ...[undefined, hex[0], hex[4_095], hex[4_096], hex[8_999], undefined],
    ])
  })
})
