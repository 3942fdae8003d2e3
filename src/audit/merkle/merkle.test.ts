import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../generate.case.ts'
import { Frontier } from './frontier.ts'
import { createStoredTree, STORED_EVERY } from './stored-tree.ts'
import { consistencyPath, cover, EMPTY_ROOT, inclusionPath, leafHash, type Subtree } from './tree.ts'
import { provesConsistency, provesInclusion } from './verify-proof.ts'

const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()

// The definitions of RFC 6962, 2.1, word by word, over the leaves' data.
type Data = readonly Buffer[]
const split = (n: number) => 2 ** (Math.ceil(Math.log2(n)) - 1)

function treeHash(data: Data): Buffer {
  const [only] = data
  if (only === undefined) return sha256()
  if (data.length === 1) return sha256(Buffer.of(0), only)
  const k = split(data.length)
  return sha256(Buffer.of(1), treeHash(data.slice(0, k)), treeHash(data.slice(k)))
}

function path(m: number, data: Data): Buffer[] {
  if (data.length === 1) return []
  const k = split(data.length)
  return m < k
    ? [...path(m, data.slice(0, k)), treeHash(data.slice(k))]
    : [...path(m - k, data.slice(k)), treeHash(data.slice(0, k))]
}

function subproof(m: number, data: Data, whole: boolean): Buffer[] {
  if (m === data.length) return whole ? [] : [treeHash(data)]
  const k = split(data.length)
  return m <= k
    ? [...subproof(m, data.slice(0, k), whole), treeHash(data.slice(k))]
    : [...subproof(m - k, data.slice(k), false), treeHash(data.slice(0, k))]
}

const hexes = (buffers: readonly Uint8Array[]) => buffers.map((bytes) => Buffer.from(bytes).toString('hex'))

/** What a log keeps of these leaves, and how many groups were read of it. */
function store(data: Data) {
  const kept = new Map<string, Buffer>()
  const keep = ({ level, place }: Subtree, hash: Buffer) => {
    if (level % STORED_EVERY === 0) kept.set(`${level}/${place}`, hash)
  }
  const frontier = new Frontier()
  for (const [place, leaf] of data.entries()) {
    keep({ level: 0, place }, leafHash(leaf))
    frontier.push(leafHash(leaf), keep)
  }
  const counted = { reads: 0 }
  const tree = createStoredTree(async (level, from, to) => {
    counted.reads += 1
    const nodes: Buffer[] = []
    for (let place = from; place < to; place += 1) {
      const node = kept.get(`${level}/${place}`)
      if (node) nodes.push(node)
    }
    return nodes
  })
  return { frontier, tree, counted, kept }
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => Buffer.from(`leaf ${index}`))

// The vectors of certificate-transparency-go (testdata of RFC 6962), which other logs are tested with too.
const INPUTS = [
  ...['', '00', '10', '2021', '3031', '40414243'],
  ...['5051525354555657', '606162636465666768696a6b6c6d6e6f'],
].map((hex) => Buffer.from(hex, 'hex'))
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

describe('the Merkle tree', () => {
  it('has the roots of the public test vectors', () => {
    const frontier = new Frontier()
    expect(frontier.root()).toEqual(EMPTY_ROOT)
    for (const [index, input] of INPUTS.entries()) {
      frontier.push(leafHash(input))
      expect(frontier.root().toString('hex')).toBe(ROOTS[index])
    }
  })

  it('has the proofs of the public test vectors', async () => {
    const { tree } = store(INPUTS)
    const inclusion = async (index: number, size: number) =>
      hexes(await tree.proof(inclusionPath(index, size)))
    expect(await inclusion(0, 1)).toEqual([])
    expect(await inclusion(0, 8)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ])
    expect(await inclusion(5, 8)).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
    expect(hexes(await tree.proof(consistencyPath(6, 8)))).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
    expect(hexes(await tree.proof(consistencyPath(2, 5)))).toEqual([
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ])
  })

  it('makes, for every leaf and every size to 70, the proofs of the definition, and they convince', async () => {
    const data = numbered(70)
    const { tree } = store(data)
    for (let size = 1; size <= data.length; size += 1) {
      const root = treeHash(data.slice(0, size))
      expect(await tree.hash([0, size])).toEqual(root)
      for (const index of [0, 1, Math.floor(size / 2), size - 1].filter((each) => each < size)) {
        const proof = await tree.proof(inclusionPath(index, size))
        expect(proof).toEqual(path(index, data.slice(0, size)))
        expect(provesInclusion(leafHash(data[index] ?? Buffer.of()), index, { size, root }, proof)).toBe(true)
      }
      for (let first = 1; first <= size; first += 1) {
        const proof = await tree.proof(consistencyPath(first, size))
        expect(proof).toEqual(subproof(first, data.slice(0, size), true))
        const before = { size: first, root: treeHash(data.slice(0, first)) }
        expect(provesConsistency(before, { size, root }, proof)).toBe(true)
      }
    }
  })

  it('goes on from stored nodes as if it had never stopped', async () => {
    const data = numbered(1_300)
    const whole = new Frontier()
    for (const leaf of data) whole.push(leafHash(leaf))
    for (const size of [1, 255, 256, 257, 511, 512, 1_024, 1_299]) {
      const { tree } = store(data.slice(0, size))
      const resumed = new Frontier(size, await tree.peaks(size))
      for (const leaf of data.slice(size)) resumed.push(leafHash(leaf))
      expect(resumed.root()).toEqual(whole.root())
    }
  })

  it('reads a handful of groups for a proof in a large tree', async () => {
    const data = numbered(70_000)
    const { tree, counted, kept } = store(data)
    expect(kept.size).toBe(70_000 + Math.floor(70_000 / 256) + 1)
    const root = await tree.hash([0, data.length])
    const index = 12_345
    const proof = await tree.proof(inclusionPath(index, data.length))
    expect(
      provesInclusion(leafHash(data[index] ?? Buffer.of()), index, { size: data.length, root }, proof),
    ).toBe(true)
    expect(proof.length).toBeLessThanOrEqual(17)
    expect(counted.reads).toBeLessThanOrEqual(6)
  })
})

describe('a proof', () => {
  const data = numbered(50)
  const { tree } = store(data)
  const random = createRandom(3)
  const below = (limit: number) => Math.floor(random() * limit)
  const spoiled = (hash: Uint8Array) => {
    const copy = Buffer.from(hash)
    copy[below(32)] = (copy[below(32)] ?? 0) ^ (1 << below(8))
    return copy.equals(hash) ? sha256(copy) : copy
  }

  it('of inclusion convinces of nothing else', async () => {
    for (let round = 0; round < 300; round += 1) {
      const size = 2 + below(48)
      const index = below(size)
      const other = (index + 1 + below(size - 1)) % size
      const root = treeHash(data.slice(0, size))
      const leaf = leafHash(data[index] ?? Buffer.of())
      const proof = await tree.proof(inclusionPath(index, size))
      const at = below(proof.length)
      expect(provesInclusion(leaf, other, { size, root }, proof)).toBe(false)
      expect(provesInclusion(spoiled(leaf), index, { size, root }, proof)).toBe(false)
      expect(provesInclusion(leaf, index, { size, root: spoiled(root) }, proof)).toBe(false)
      expect(provesInclusion(leaf, index, { size, root }, proof.toSpliced(at, 1))).toBe(false)
      expect(provesInclusion(leaf, index, { size, root }, [...proof, root])).toBe(false)
      const wrong = proof.with(at, spoiled(proof[at] ?? root))
      expect(provesInclusion(leaf, index, { size, root }, wrong)).toBe(false)
    }
    expect(provesInclusion(leafHash(Buffer.of()), 0, { size: 0, root: EMPTY_ROOT }, [])).toBe(false)
    expect(provesInclusion(leafHash(Buffer.of()), -1, { size: 1, root: EMPTY_ROOT }, [])).toBe(false)
  })

  it('of consistency convinces of nothing else', async () => {
    for (let round = 0; round < 300; round += 1) {
      const size = 2 + below(48)
      const first = 1 + below(size - 1)
      const before = { size: first, root: treeHash(data.slice(0, first)) }
      const after = { size, root: treeHash(data.slice(0, size)) }
      const proof = await tree.proof(consistencyPath(first, size))
      const at = below(proof.length)
      expect(provesConsistency(before, after, proof)).toBe(true)
      expect(provesConsistency(after, before, proof)).toBe(false)
      expect(provesConsistency({ ...before, root: spoiled(before.root) }, after, proof)).toBe(false)
      expect(provesConsistency(before, { ...after, root: spoiled(after.root) }, proof)).toBe(false)
      expect(provesConsistency(before, after, proof.toSpliced(at, 1))).toBe(false)
      expect(provesConsistency(before, after, [...proof, after.root])).toBe(false)
      const wrong = proof.with(at, spoiled(proof[at] ?? after.root))
      expect(provesConsistency(before, after, wrong)).toBe(false)
    }
  })

  it('of nothing to nothing needs nothing', () => {
    const empty = { size: 0, root: EMPTY_ROOT }
    expect(provesConsistency(empty, { size: 3, root: treeHash(data.slice(0, 3)) }, [])).toBe(true)
    expect(provesConsistency(empty, empty, [])).toBe(true)
    expect(cover([0, 0])).toEqual([])
  })
})
