import type { ReadRecord } from './journal.ts'

interface Copy {
  records: readonly ReadRecord[]
  lines: readonly string[]
  /** Where each line is. */
  placeOf: ReadonlyMap<string, number>
  /** The first that was not taken yet. */
  head: number
}

/**
 * What copies of one journal tell together: each has missed what came while it was away. The order is theirs, since
 * deployers' clocks differ; where no copy tells which of two runs came first, the one that began earlier did.
 */
export function merged(journals: readonly (readonly ReadRecord[])[]): ReadRecord[] {
  const copies = journals.map(copyOf)
  const told: ReadRecord[] = []
  for (let next = nextOf(copies); next; next = nextOf(copies)) {
    const { records, lines, head } = next
    told.push(records[head] as ReadRecord)
    const line = lines[head]
    for (const copy of copies) if (copy.lines[copy.head] === line) copy.head += 1
  }
  return told
}

function copyOf(records: readonly ReadRecord[]): Copy {
  const lines = records.map((record) => JSON.stringify(record))
  return { records, lines, placeOf: new Map(lines.map((line, place) => [line, place])), head: 0 }
}

/** The copy whose first line comes next: it waits in none for another, goes on with a run, or begins the earliest. */
function nextOf(copies: readonly Copy[]): Copy | undefined {
  const left = copies.filter(({ head, lines }) => head < lines.length)
  const free = left.filter(({ lines, head }) =>
    left.every((other) => (other.placeOf.get(lines[head] ?? '') ?? other.head) <= other.head),
  )
  return (free.length > 0 ? free : left).toSorted(
    (a, b) => Number(begins(a)) - Number(begins(b)) || atOf(a).localeCompare(atOf(b)),
  )[0]
}

function begins({ records, head }: Copy): boolean {
  return records[head]?.step === 'plan' && records[head]?.event === 'begin'
}

function atOf({ records, head }: Copy): string {
  return records[head]?.at ?? ''
}
