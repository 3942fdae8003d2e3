import { REDACTION_RULES } from './redaction-rules.ts'
import { createTriggerScan } from './triggers.ts'
import { unescaped } from './unescape.ts'

/** A part of a text that must not be shown. */
export interface FoundSecret {
  start: number
  end: number
  /** The rule's kind; empty for what only its name gave away. */
  kind: string
  /** From here to its end the text must be looked at in one piece for the secret to be found. */
  from: number
}

/** How many encodings are read one inside the other. */
const ENCODINGS = 2
/** Base64 of anything shorter is shorter than any secret. */
const SHORTEST = 12
const LOOKED_AT_AGAIN = 64

const rulesIn = createTriggerScan(REDACTION_RULES.map(({ triggers }) => triggers))

/**
 * Every secret in a text, in order and apart from one another: as it stands, in the escapes of URLs, JSON and HTML,
 * and in base64 of either alphabet, also one inside the other. Time grows with the length of the text alone.
 */
export function findSecrets(text: string, encodings = ENCODINGS): FoundSecret[] {
  const found = text.length < SHORTEST ? inShort(text) : matches(text)
  if (text.length >= SHORTEST) {
    if (encodings > 0) inEscapes(text, encodings - 1, found)
    inWords(text, encodings - 1, found)
  }
  return found.length < 2 ? found : apart(found)
}

// Only `pwd=abc` and its like fit into so few characters.
function inShort(text: string): FoundSecret[] {
  return text.length < 7 ? [] : matches(text)
}

function matches(text: string): FoundSecret[] {
  const found: FoundSecret[] = []
  for (const place of rulesIn(text)) {
    const rule = REDACTION_RULES[place]
    if (rule === undefined) continue
    const { pattern, endOf, kind } = rule
    pattern.lastIndex = 0
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const start = match.index + (match[1]?.length ?? 0)
      const end = endOf ? endOf(text, start, pattern.lastIndex) : pattern.lastIndex
      if (end > start) found.push({ start, end, kind, from: match.index })
      pattern.lastIndex = resumeAt(start, end, pattern.lastIndex, match.index)
    }
  }
  return found
}

// What was no secret may hold the name of one, but looking again at long ones would take time without bound.
function resumeAt(start: number, end: number, matched: number, from: number): number {
  if (end > start) return Math.max(matched, end)
  return start > from && matched - start <= LOOKED_AT_AGAIN ? start : matched
}

function inEscapes(text: string, encodings: number, found: FoundSecret[]): void {
  const plain = unescaped(text)
  if (plain === undefined) return
  for (const { start, end, kind, from } of findSecrets(plain.text, encodings)) {
    const [first = 0, last = 0, whole = 0] = [start, end, from].map((at) => plain.origins[at])
    found.push({ start: first, end: last, kind, from: whole })
  }
}

const BASE64 = /[\w+/-]{20,}={0,2}/g

function inWords(text: string, encodings: number, found: FoundSecret[]): void {
  for (const match of text.matchAll(BASE64)) {
    const [word] = match
    if (isDigest(word)) continue
    const kind =
      (encodings < 0 ? undefined : inBase64(word, encodings)) ??
      (isRefreshToken(word) ? 'opaque_token' : undefined)
    if (kind === undefined) continue
    found.push({ start: match.index, end: match.index + word.length, from: match.index, kind })
  }
}

// What stands before it may be letters of base64 too, so each of the four ways to begin is tried.
function inBase64(word: string, encodings: number): string | undefined {
  for (let skip = 0; skip < 4; skip += 1) {
    const bytes = Buffer.from(skip === 0 ? word : word.slice(skip), 'base64').toString('latin1')
    const secret = findSecrets(bytes, encodings).find((one) => isText(bytes.slice(one.start, one.end)))
    if (secret !== undefined) return secret.kind
  }
  return undefined
}

// Chance makes anything but a secret that is text from end to end.
function isText(secret: string): boolean {
  return /^[\t\n\r -~\u00a0-\u00ff]*$/.test(secret)
}

/** 256 random bits as Helix writes them, which nothing but their length and mixture gives away. */
function isRefreshToken(run: string): boolean {
  return (
    run.length === 43 &&
    /\d/.test(run) &&
    /[a-z]/.test(run) &&
    /[A-Z]/.test(run) &&
    /[AEIMQUYcgkosw048]$/.test(run)
  )
}

function isDigest(run: string): boolean {
  return run.length <= 64 && /^[0-9a-f-]+$/.test(run)
}

/** What overlaps is one secret; its kind is the first that has one, since the rules come in order of precision. */
function apart(found: readonly FoundSecret[]): FoundSecret[] {
  const ordered = found.toSorted((a, b) => a.start - b.start || b.end - a.end)
  const kept: FoundSecret[] = []
  for (const next of ordered) {
    const last = kept.at(-1)
    if (last === undefined || next.start >= last.end) kept.push({ ...next })
    else {
      last.end = Math.max(last.end, next.end)
      last.from = Math.min(last.from, next.from)
      last.kind ||= next.kind
    }
  }
  return kept
}
