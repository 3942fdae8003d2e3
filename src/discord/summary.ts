import type { AuditEntry, Channel } from '../audit/entry.ts'

const MOST_LINES = 20
const MOST_CHARACTERS = 3_500
const MOST_LINE_CHARACTERS = 160

const MOST_ACTOR_CHARACTERS = 20
const FIRST_FACTS = [
  'outcome',
  'alert',
  'severity',
  'message',
  'name',
  'what',
  'from',
  'to',
  'release',
  'path',
]

const COLOURS: Record<Channel, number> = {
  commands: 0x5865f2,
  api: 0x3ba55d,
  heartbeat: 0x99aab5,
  'file-changes': 0xfaa61a,
  consciousness: 0x9b59b6,
  alerts: 0xed4245,
  'hash-chain': 0x2c2f33,
}
const RECOVERED = 0x3ba55d

/** One embed that says what is in the file beside it, for people; nothing is proved by it. */
export function summarize(channel: Channel, entries: readonly AuditEntry[]): Record<string, unknown> {
  const [first, last] = [entries[0], entries.at(-1)]
  if (!first || !last) return {}
  const many = entries.length > 1
  const recovered = entries.every(({ kind }) => kind.endsWith('.recovered'))
  return {
    title: many ? `${entries.length} entries, #${first.seq} to #${last.seq}` : `${last.kind} #${last.seq}`,
    description: `\`\`\`\n${describe(entries)}\n\`\`\``,
    color: recovered ? RECOVERED : COLOURS[channel],
    footer: { text: `helix-${channel} · log ${last.log} · #${last.seq} is ${last.hash.slice(0, 16)}…` },
    timestamp: last.at,
  }
}

function describe(entries: readonly AuditEntry[]): string {
  const shown: string[] = []
  let characters = 0
  for (const entry of entries.slice(0, MOST_LINES)) {
    const line = describeEntry(entry)
    characters += line.length + 1
    if (characters > MOST_CHARACTERS) break
    shown.push(line)
  }
  const left = entries.length - shown.length
  return [...shown, ...(left > 0 ? [`… and ${left} more in the file`] : [])].join('\n')
}

/** Within a block of code nothing is markup and nobody is called; only its end must not be in it. */
function describeEntry({ seq, at, kind, actor, data }: AuditEntry): string {
  const facts = Object.entries(data)
    .sort(([one], [other]) => weight(one) - weight(other))
    .flatMap(([name, value]) => (typeof value === 'object' ? [] : [`${name}=${String(value)}`]))
  const who = actor.length > MOST_ACTOR_CHARACTERS ? `${actor.slice(0, MOST_ACTOR_CHARACTERS)}…` : actor
  const line = [`#${seq}`, at.slice(11, 19), kind, who, ...facts].join(' ').replace(/[`\s]+/g, ' ')
  return line.length > MOST_LINE_CHARACTERS ? `${line.slice(0, MOST_LINE_CHARACTERS - 1)}…` : line
}

/** What a person looks for comes first, for the end of a line may be cut. */
function weight(name: string): number {
  const place = FIRST_FACTS.indexOf(name)
  return place === -1 ? FIRST_FACTS.length : place
}

/** The same of checkpoints, which are in the files as they were signed. */
export function summarizeNotes(log: string, notes: readonly { size: number; note: string }[]) {
  const lines = notes.map(({ size, note }) => `${size} entries, root ${note.split('\n')[2] ?? ''}`)
  const newest = notes.at(-1)?.size
  return {
    title: notes.length > 1 ? `${notes.length} checkpoints, up to ${newest}` : `Checkpoint ${newest}`,
    description: `\`\`\`\n${lines.join('\n')}\n\`\`\``,
    color: COLOURS['hash-chain'],
    footer: { text: `helix-hash-chain · log ${log}` },
  }
}
