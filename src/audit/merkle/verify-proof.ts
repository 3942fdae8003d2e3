import { nodeHash } from './tree.ts'

/** A tree as a signed checkpoint tells it. */
export interface Tree {
  size: number
  root: Uint8Array
}

/** Whether `proof` shows `leaf` to be leaf `index` of the tree (RFC 9162, 2.1.3.2). */
export function provesInclusion(
  leaf: Uint8Array,
  index: number,
  { size, root }: Tree,
  proof: readonly Uint8Array[],
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false
  let node = index
  let last = size - 1
  let computed = leaf
  for (const side of proof) {
    if (last === 0) return false
    if (isRight(node) || node === last) {
      computed = nodeHash(side, computed)
      while (node !== 0 && !isRight(node)) [node, last] = [half(node), half(last)]
    } else {
      computed = nodeHash(computed, side)
    }
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && same(computed, root)
}

/** Whether `proof` shows that the tree `second` begins with all of the tree `first` (RFC 9162, 2.1.4.2). */
export function provesConsistency(first: Tree, second: Tree, proof: readonly Uint8Array[]): boolean {
  if (!isCount(first.size) || !isCount(second.size) || first.size > second.size) return false
  if (first.size === second.size) return proof.length === 0 && same(first.root, second.root)
  if (first.size === 0) return proof.length === 0
  let [node, last] = [first.size - 1, second.size - 1]
  while (isRight(node)) [node, last] = [half(node), half(last)]
  // The first tree is perfect: its root is the node to begin with.
  const [start, ...sides] = node === 0 ? [first.root, ...proof] : proof
  if (start === undefined) return false
  let [before, after] = [start, start]
  for (const side of sides) {
    if (last === 0) return false
    if (isRight(node) || node === last) {
      before = nodeHash(side, before)
      after = nodeHash(side, after)
      while (node !== 0 && !isRight(node)) [node, last] = [half(node), half(last)]
    } else {
      after = nodeHash(after, side)
    }
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && same(before, first.root) && same(after, second.root)
}

// Counts may pass 2^32, where bit operators no longer reach.
const isRight = (node: number): boolean => node % 2 === 1
const half = (node: number): number => Math.floor(node / 2)
const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
