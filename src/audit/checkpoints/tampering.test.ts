import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '../entry.ts'
import { createRandom, randomChain, rehashed } from '../generate.case.ts'
import { verifyEntries } from '../verify.ts'
import { parseCheckpoint } from './checkpoint.ts'
import type { Vouchers } from './checkpoint-check.ts'
import { checkpointsOf, firstKey, LOG, nextKey, relinked, signedChain, vouch } from './signed-chain.case.ts'
import { newSigningKey } from './signing-keys.ts'
import type { StoredCheckpoint } from './stored.ts'

const SEEDS = Array.from({ length: 500 }, (_, index) => index)
const FEW = SEEDS.slice(0, 60)

async function verdict(entries: readonly AuditEntry[], vouchers: Vouchers) {
  const { findings } = await verifyEntries(entries, { now: new Date(0), vouchers })
  return findings.map(({ kind, log, seq }) => `${kind} ${log}/${seq}`)
}

const hex = ({ publicKey }: { publicKey: Buffer }) => publicKey.toString('hex')
const witness = ({ note }: StoredCheckpoint) => {
  const checkpoint = parseCheckpoint(note)?.checkpoint
  if (!checkpoint) throw new Error('not a checkpoint')
  return checkpoint
}
const last = <T>(all: readonly T[]): T => all[all.length - 1] as T

type Forge = (chain: readonly AuditEntry[], at: number) => AuditEntry[]
const at = (chain: readonly AuditEntry[], index: number) => chain[index] as AuditEntry

/** What an intruder does who can link the rest anew, so that no link betrays it: `at` is the first place changed. */
const FORGERIES: [what: string, forge: Forge][] = [
  ['edited', (chain, i) => relinked(chain.with(i, { ...at(chain, i), actor: 'cli:mallory' }))],
  ['back-dated', (chain, i) => relinked(chain.with(i, { ...at(chain, i), at: '2001-01-01T00:00:00.000Z' }))],
  ['deleted', (chain, i) => relinked(chain.toSpliced(i, 1))],
  ['inserted', (chain, i) => relinked(chain.toSpliced(i, 0, { ...at(chain, i), kind: 'user.forged' }))],
  [
    'swapped',
    (chain, i) =>
      relinked(chain.with(i, { ...at(chain, i + 1), at: at(chain, i + 1).at }).with(i + 1, at(chain, i))),
  ],
  ['replayed', (chain, i) => relinked(chain.toSpliced(i, 0, { ...at(chain, i - 1), kind: 'user.again' }))],
  [
    'spliced with another log',
    (chain, i) => relinked([...chain.slice(0, i), ...signedChain(createRandom(i)).chain.slice(1)]),
  ],
]

describe('a signed log', () => {
  it('gives no alarm while nobody touched it', async () => {
    for (const seed of SEEDS) {
      const { chain, checkpoints, key } = signedChain(createRandom(seed))
      expect(await verdict(chain, vouch(checkpoints))).toEqual([])
      const strict = vouch(checkpoints, { anchor: hex(key), witnessed: checkpoints.map(witness) })
      const { findings, signed } = await verifyEntries(chain, { now: new Date(0), vouchers: strict })
      expect({ findings, signed }).toEqual({ findings: [], signed: { log: LOG, size: chain.length } })
    }
  })

  it('may have grown past its first checkpoints before their key came in, which must have signed them', async () => {
    const [key, stranger] = [newSigningKey(), newSigningKey()]
    const chain = relinked([...randomChain(createRandom(3), 40), firstKey(key)])
    const ending = checkpointsOf(chain, [5, 12, chain.length], key)
    expect(await verdict(chain, vouch(ending))).toEqual([])
    const forged = [...checkpointsOf(chain, [5, 12], stranger), ...ending.slice(2)]
    expect(await verdict(chain, vouch(forged))).toEqual(['bad_signature log-a/5'])
    const edited = relinked(chain.with(7, { ...at(chain, 7), actor: 'cli:mallory' }))
    expect(await verdict(edited, vouch(ending))).toEqual(['forked log-a/8'])
  })

  it.each(FORGERIES)('shows where an entry was %s, though every link was made anew', async (_, forge) => {
    for (const seed of SEEDS) {
      const { chain, checkpoints, place } = signedChain(createRandom(seed))
      const forged = forge(chain, place)
      expect(await verdict(forged, {}), `seed ${seed}: the links alone do not tell`).toEqual([])
      expect(await verdict(forged, vouch(checkpoints)), `seed ${seed}`).toEqual([
        `forked ${LOG}/${place + 1}`,
      ])
    }
  })

  it('shows at least between which checkpoints, when the kept leaves were changed too', async () => {
    for (const seed of FEW) {
      const { chain, checkpoints, place, sizes } = signedChain(createRandom(seed))
      const forged = relinked(chain.with(place, { ...at(chain, place), actor: 'cli:mallory' }))
      const before = last([0, ...sizes.filter((size) => size <= place)])
      const leaves = checkpointsOf(forged, sizes, newSigningKey()).map((each) => each.leaves)
      const consistent = checkpoints.map((each, index) => ({ ...each, leaves: leaves[index] ?? each.leaves }))
      expect(await verdict(forged, vouch(consistent)), `seed ${seed}`).toEqual([
        `forked ${LOG}/${before + 1}`,
      ])
    }
  })

  it('shows that its tail was cut, wherever', async () => {
    for (const seed of SEEDS) {
      const { chain, checkpoints, place } = signedChain(createRandom(seed))
      const cut = chain.slice(0, place)
      expect(await verdict(cut, {})).toEqual([])
      expect(await verdict(cut, vouch(checkpoints))).toEqual([`truncated ${LOG}/${place + 1}`])
      expect(await verdict(cut, { witnessed: [witness(last(checkpoints))] })).toEqual([
        `truncated ${LOG}/${place + 1}`,
      ])
    }
    const { checkpoints } = signedChain(createRandom(1))
    expect(await verdict([], vouch(checkpoints))).toEqual([`truncated ${LOG}/1`])
  })

  it('shows a witness that it was written anew, signatures and all', async () => {
    for (const seed of FEW) {
      const { chain, checkpoints, place, sizes, key } = signedChain(createRandom(seed))
      const forged = relinked(chain.with(place, { ...at(chain, place), actor: 'cli:mallory' }))
      const resigned = checkpointsOf(forged, sizes, key)
      expect(await verdict(forged, vouch(resigned)), 'who has the key can').toEqual([])
      const seen = { witnessed: [witness(last(checkpoints))] }
      expect(await verdict(forged, vouch(resigned, seen))).toEqual([`forked ${LOG}/${chain.length}`])
      const another = { witnessed: [{ ...witness(last(checkpoints)), log: 'log-x' }] }
      expect(await verdict(chain, vouch(checkpoints, another))).toEqual([`forked ${LOG}/1`])
    }
  })

  it.each(FORGERIES)(
    'shows a witness where one was %s, though all was linked and signed anew',
    async (_, forge) => {
      for (const seed of FEW) {
        const { chain, checkpoints, place, sizes, key } = signedChain(createRandom(seed))
        const forged = forge(chain, place)
        const resigned = checkpointsOf(
          forged,
          sizes.filter((size) => size <= forged.length),
          key,
        )
        const seen = checkpoints.map(witness)
        // Of what came before, a witness knows roots alone: it names the first one that is not the same any more.
        const { size } = seen.find((each) => each.size > place) ?? last(seen)
        const first = forged.length < size ? `truncated ${LOG}/${forged.length + 1}` : `forked ${LOG}/${size}`
        expect(await verdict(forged, vouch(resigned, { witnessed: seen })), `seed ${seed}`).toEqual([first])
      }
    },
  )

  it('finds what the links show at the place they show', async () => {
    for (const seed of FEW) {
      const { chain, checkpoints, place } = signedChain(createRandom(seed))
      const entry = at(chain, place)
      const edited = chain.with(place, { ...entry, actor: 'cli:mallory' })
      expect(await verdict(edited, vouch(checkpoints))).toEqual([`edited ${LOG}/${place + 1}`])
      expect(await verdict(chain.toSpliced(place, 1), vouch(checkpoints))).toEqual([
        `gap ${LOG}/${place + 1}`,
      ])
      const loose = chain.with(place, rehashed(entry, { prev: 'f'.repeat(64) }))
      expect(await verdict(loose, vouch(checkpoints))).toEqual([`edited ${LOG}/${place + 1}`])
      const swapped = chain.with(place, at(chain, place + 1)).with(place + 1, entry)
      expect(await verdict(swapped, vouch(checkpoints))).toEqual([`reordered ${LOG}/${place + 1}`])
    }
  })
})

describe('the keys of a log', () => {
  it('are not swapped unseen: signatures by a key nobody brought in', async () => {
    for (const seed of FEW) {
      const { chain, sizes } = signedChain(createRandom(seed))
      const foreign = checkpointsOf(chain, sizes, newSigningKey())
      expect(await verdict(chain, vouch(foreign))).toEqual([`bad_signature ${LOG}/${sizes[0]}`])
    }
  })

  it('are not swapped unseen: the whole log begun anew with another, for who knows the first', async () => {
    for (const seed of FEW) {
      const { chain, sizes, key } = signedChain(createRandom(seed))
      const thief = newSigningKey()
      const forged = relinked([firstKey(thief), ...chain.slice(1)])
      const signed = checkpointsOf(forged, sizes, thief)
      expect(await verdict(forged, vouch(signed))).toEqual([])
      expect(await verdict(forged, vouch(signed, { anchor: hex(key) }))).toEqual([`bad_signature ${LOG}/1`])
      // That the thief vouches for the true key does not make the thief's signatures true.
      const flattered = relinked([firstKey(thief), nextKey(key, thief, false), ...chain.slice(1)])
      const again = checkpointsOf(flattered, sizes, thief)
      expect(await verdict(flattered, vouch(again, { anchor: hex(key) }))).toEqual([`bad_signature ${LOG}/1`])
    }
  })

  it('change where the old one signs the new one in, and old checkpoints stay good', async () => {
    const { chain, key } = signedChain(createRandom(7))
    const next = newSigningKey()
    const rotated = relinked([...chain.slice(0, 6), nextKey(next, key, true), ...chain.slice(6)])
    const before = checkpointsOf(rotated, [3, 6], key)
    const after = checkpointsOf(rotated, [7, 10], next)
    const all = [...before, ...after]
    expect(await verdict(rotated, vouch(all))).toEqual([])
    for (const anchor of [key, next])
      expect(await verdict(rotated, vouch(all, { anchor: hex(anchor) }))).toEqual([])
    const late = [...before, ...checkpointsOf(rotated, [9], key)]
    expect(await verdict(rotated, vouch(late)), 'the old key signs on').toEqual([`bad_signature ${LOG}/9`])
    const early = checkpointsOf(rotated, [5], next)
    expect(await verdict(rotated, vouch(early)), 'the new key signs before it came').toEqual([
      `bad_signature ${LOG}/5`,
    ])
  })

  it('come in by a known one only', async () => {
    const { chain, key } = signedChain(createRandom(8))
    const [stranger, other] = [newSigningKey(), newSigningKey()]
    const by = (entry: ReturnType<typeof nextKey>) =>
      relinked([...chain.slice(0, 4), entry, ...chain.slice(4)])
    for (const entry of [
      nextKey(other, stranger, false),
      firstKey(stranger),
      {
        ...nextKey(other, key, false),
        data: { ...nextKey(other, key, false).data, publicKey: hex(stranger) },
      },
      { ...nextKey(other, key, false), data: { publicKey: 'x' } },
    ]) {
      expect(await verdict(by(entry), vouch([]))).toEqual([`bad_signature ${LOG}/5`])
    }
    expect(await verdict(by(nextKey(other, key, false)), vouch([]))).toEqual([])
  })
})
