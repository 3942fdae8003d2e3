import { cover, foldRight, nodeHash, type Range, type Subtree } from './tree.ts'

/** Levels whose nodes are kept: every eighth. What lies between is hashed from at most 128 of them. */
export const STORED_EVERY = 8
const GROUP = 2 ** STORED_EVERY

/**
 * Reads kept nodes of one level: those at `from` (counted) to `to` (not counted), fewer at the tree's right end.
 * Level 0 are the leaves.
 */
export type ReadNodes = (level: number, from: number, to: number) => Promise<Buffer[]>

/** Hashes of a tree whose nodes are stored, read in groups of 256: two or three for each level that is kept. */
export interface StoredTree {
  /** The hash over a side of a fork; of `[0, size]` it is the root of the first `size` leaves. */
  hash(range: Range): Promise<Buffer>
  /** The hashes of the perfect subtrees of `[0, size]`: what a frontier begins with. */
  peaks(size: number): Promise<{ level: number; hash: Buffer }[]>
  /** The hashes over the sides that a proof consists of. */
  proof(path: readonly Range[]): Promise<Buffer[]>
}

export function createStoredTree(read: ReadNodes): StoredTree {
  const groups = new Map<string, Promise<Buffer[]>>()

  function group(level: number, place: number): Promise<Buffer[]> {
    const key = `${level}/${place}`
    const known = groups.get(key)
    if (known) return known
    const nodes = read(level, place * GROUP, (place + 1) * GROUP)
    groups.set(key, nodes)
    return nodes
  }

  async function subtree({ level, place }: Subtree): Promise<Buffer> {
    const kept = level - (level % STORED_EVERY)
    const count = 2 ** (level - kept)
    const first = place * count
    const nodes = await group(kept, Math.floor(first / GROUP))
    return perfect(nodes.slice(first % GROUP, (first % GROUP) + count), count)
  }

  async function peaks(size: number) {
    return Promise.all(
      cover([0, size]).map(async (each) => ({ level: each.level, hash: await subtree(each) })),
    )
  }

  async function hash(range: Range): Promise<Buffer> {
    return foldRight(await Promise.all(cover(range).map(subtree)))
  }

  return { hash, peaks, proof: (path) => Promise.all(path.map(hash)) }
}

function perfect(nodes: readonly Buffer[], count: number): Buffer {
  const [only] = nodes
  if (nodes.length !== count || only === undefined) throw new RangeError('The tree has no such node')
  if (count === 1) return only
  const half = count / 2
  return nodeHash(perfect(nodes.slice(0, half), half), perfect(nodes.slice(half), half))
}
