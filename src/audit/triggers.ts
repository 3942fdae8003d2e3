/** Finds which of many lower-case pieces a text holds, in one pass over it; `0` in a piece stands for any digit. */
export type TriggerScan = (text: string) => readonly number[]

const NONE: readonly number[] = []

interface Node {
  next: Map<number, Node>
  fail: Node | undefined
  found: Set<number>
  id: number
}

/**
 * An Aho-Corasick automaton over lists of pieces: the scan answers, in ascending order, the places of the lists of
 * which a piece occurs. Its time is one table look-up a character, whatever the number of pieces.
 */
export function createTriggerScan(lists: readonly (readonly string[])[]): TriggerScan {
  const alphabet = alphabetOf(lists)
  const width = alphabet.size
  const nodes = build(lists, alphabet.classOf)
  const table = new Uint16Array(nodes.length * width)
  const founds = nodes.map(({ found }) => [...found])
  for (const node of nodes) {
    for (let sign = 0; sign < width; sign += 1) table[node.id * width + sign] = step(node, sign).id
  }
  const ends = Uint8Array.from(founds, ({ length }) => (length > 0 ? 1 : 0))
  const { classOf } = alphabet

  return function scan(text) {
    let hits: Set<number> | undefined
    let state = 0
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      state = code < 128 ? (table[state * width + (classOf[code] ?? 0)] ?? 0) : 0
      if (ends[state] === 0) continue
      hits ??= new Set()
      for (const list of founds[state] ?? NONE) hits.add(list)
    }
    return hits === undefined ? NONE : [...hits].sort((a, b) => a - b)
  }
}

function alphabetOf(lists: readonly (readonly string[])[]): { classOf: Uint8Array; size: number } {
  const classOf = new Uint8Array(128)
  let size = 1
  for (const sign of new Set(lists.flat().join(''))) {
    const code = sign.charCodeAt(0)
    if (classOf[code] === 0) classOf[code] = size++
  }
  for (let digit = 48; digit < 58; digit += 1) classOf[digit] = classOf[48] ?? 0
  for (let upper = 65; upper <= 90; upper += 1) classOf[upper] = classOf[upper + 32] ?? 0
  return { classOf, size }
}

function build(lists: readonly (readonly string[])[], classOf: Uint8Array): Node[] {
  const root: Node = { next: new Map(), fail: undefined, found: new Set(), id: 0 }
  const nodes = [root]
  const grow = (node: Node, sign: number): Node => {
    const known = node.next.get(sign)
    if (known !== undefined) return known
    const child: Node = { next: new Map(), fail: undefined, found: new Set(), id: nodes.length }
    nodes.push(child)
    node.next.set(sign, child)
    return child
  }
  for (const [list, pieces] of lists.entries()) {
    for (const piece of pieces) {
      let node = root
      for (const sign of piece) node = grow(node, classOf[sign.charCodeAt(0)] ?? 0)
      node.found.add(list)
    }
  }
  return linkFailures(root)
}

// Breadth first, so that what a node falls back to is finished before it.
function linkFailures(root: Node): Node[] {
  const ordered = [root]
  for (const node of ordered) {
    for (const [sign, child] of node.next) {
      child.fail = node === root ? root : step(node.fail ?? root, sign)
      for (const list of child.fail.found) child.found.add(list)
      ordered.push(child)
    }
  }
  for (const [id, node] of ordered.entries()) node.id = id
  return ordered
}

function step(from: Node, sign: number): Node {
  for (let node: Node | undefined = from; node !== undefined; node = node.fail) {
    const next = node.next.get(sign)
    if (next !== undefined) return next
    if (node.fail === undefined) return node
  }
  return from
}
