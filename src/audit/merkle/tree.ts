import { hash } from 'node:crypto'

/** Merkle trees as RFC 6962 builds them; hashes are 32 bytes, leaves are counted from 0. */

/** A perfect subtree: the leaves from `place * 2^level` on, `2^level` of them. */
export interface Subtree {
  level: number
  place: number
}

/** Leaves `from` (counted) to `to` (not counted), as the sides of the tree's forks. */
export type Range = readonly [from: number, to: number]

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer')

/** The hash of a leaf, given what it stands for. */
export function leafHash(data: Uint8Array): Buffer {
  return sha256(Buffer.concat([LEAF, data]))
}

/** The leaf that stands for an audit entry: over the 32 raw bytes of its hash. */
export function entryLeaf(entryHash: string): Buffer {
  return leafHash(Buffer.from(entryHash, 'hex'))
}

/** The hash of an inner node. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([NODE, left, right]))
}

// By way of hex: Node takes twice as long to make a buffer of its own for each.
function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', bytes, 'hex'), 'hex')
}

const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)

/** The hash over neighbours of falling size, as `cover` names them: the right ones are joined first. */
export function foldRight(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return EMPTY_ROOT
  return hashes.reduceRight((right, left) => nodeHash(left, right))
}

/** The perfect subtrees, left to right, that a side of a fork consists of. */
export function cover([from, to]: Range): Subtree[] {
  const subtrees: Subtree[] = []
  for (let at = from; at < to; ) {
    const level = levelOf(to - at)
    subtrees.push({ level, place: at / 2 ** level })
    at += 2 ** level
  }
  return subtrees
}

/** The sides that prove leaf `index` to be in the tree of `size` leaves, from the leaf upwards. */
export function inclusionPath(index: number, size: number): Range[] {
  const path: Range[] = []
  for (let [from, to] = [0, size]; to - from > 1; ) {
    const middle = from + 2 ** levelOf(to - from - 1)
    path.push(index < middle ? [middle, to] : [from, middle])
    if (index < middle) to = middle
    else from = middle
  }
  return path.reverse()
}

/** The sides that prove the tree of `size` leaves to begin with the tree of `first` leaves. */
export function consistencyPath(first: number, size: number): Range[] {
  if (first === 0 || first === size) return []
  const path: Range[] = []
  let [from, to] = [0, size]
  while (to > first) {
    const middle = from + 2 ** levelOf(to - from - 1)
    path.push(first <= middle ? [middle, to] : [from, middle])
    if (first <= middle) to = middle
    else from = middle
  }
  // Whoever checks it has the root of the first tree already; any smaller piece of it must be told.
  if (from > 0) path.push([from, to])
  return path.reverse()
}

/** The level of the largest perfect subtree with at most `leaves` leaves. */
function levelOf(leaves: number): number {
  let level = 0
  while (2 ** (level + 1) <= leaves) level += 1
  return level
}
