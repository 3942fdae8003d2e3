/** Finds which of many lower-case pieces a text holds, in one pass over it; `0` in a piece stands for any digit. */
export type TriggerScan = (text: string) => readonly number[]

/**
 * An Aho-Corasick automaton over lists of pieces: the scan answers, in ascending order, the places of the lists of
 * which a piece occurs. Its time is one look-up a character, whatever the number of pieces; it is built when first used.
 */
export function createTriggerScan(lists: readonly (readonly string[])[]): TriggerScan {
  let automaton: Automaton | undefined
  return function scan(text) {
    automaton ??= build(lists)
    const { classOf, width, table, found } = automaton
    let hits: Set<number> | undefined
    let state = 0
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      state = code < 128 ? (table[state * width + (classOf[code] ?? 0)] ?? 0) : 0
      const ends = found[state]
      if (ends === undefined) continue
      hits ??= new Set()
      for (const list of ends) hits.add(list)
    }
    return hits === undefined ? NONE : [...hits].sort((a, b) => a - b)
  }
}

const NONE: readonly number[] = []

interface Automaton {
  /** Of each ASCII character; 0 is what no piece has. */
  classOf: Uint8Array
  /** How many classes there are. */
  width: number
  /** state × class → state; state 0 is where nothing is begun. */
  table: Uint16Array
  /** state → the lists of which a piece ends there. */
  found: (number[] | undefined)[]
}

function build(lists: readonly (readonly string[])[]): Automaton {
  const { classOf, width } = classes(lists)
  const size = lists.flat().reduce((sum, piece) => sum + piece.length, 1)
  const automaton: Automaton = {
    classOf,
    width,
    table: new Uint16Array(size * width),
    found: new Array(size),
  }
  plant(automaton, lists)
  linkFailures(automaton)
  return automaton
}

function classes(lists: readonly (readonly string[])[]): Pick<Automaton, 'classOf' | 'width'> {
  const classOf = new Uint8Array(128)
  let width = 1
  for (const sign of new Set(lists.flat().join(''))) {
    classOf[sign.charCodeAt(0)] = width
    width += 1
  }
  for (let digit = 48; digit < 58; digit += 1) classOf[digit] = classOf[48] ?? 0
  for (let upper = 65; upper <= 90; upper += 1) classOf[upper] = classOf[upper + 32] ?? 0
  return { classOf, width }
}

/** The tree of the pieces. */
function plant({ classOf, width, table, found }: Automaton, lists: readonly (readonly string[])[]): void {
  let states = 1
  for (const [list, pieces] of lists.entries()) {
    for (const piece of pieces) {
      let state = 0
      for (const sign of piece) {
        const cell = state * width + (classOf[sign.charCodeAt(0)] ?? 0)
        if (table[cell] === 0) table[cell] = states++
        state = table[cell] ?? 0
      }
      found[state] = [...new Set([...(found[state] ?? []), list])]
    }
  }
}

// Breadth first: where a state has no branch of its own it goes on as the longest of its ends that is a beginning does.
function linkFailures({ width, table, found }: Automaton): void {
  const waiting: [state: number, fallback: number][] = []
  for (let sign = 0; sign < width; sign += 1) {
    const child = table[sign]
    if (child) waiting.push([child, 0])
  }
  for (const [state, fallback] of waiting) {
    for (let sign = 0; sign < width; sign += 1) {
      const child = table[state * width + sign]
      const other = table[fallback * width + sign] ?? 0
      if (child) waiting.push([child, other])
      else table[state * width + sign] = other
    }
    const inherited = found[fallback]
    if (inherited) found[state] = [...new Set([...(found[state] ?? []), ...inherited])]
  }
}
