import { stripVTControlCharacters } from 'node:util'
import { findSecrets } from './find-secrets.ts'

/** Longer text is cut before it is searched. */
const SEARCHED_LENGTH = 65_536
const KEPT_LENGTH = 1_000
const MAX_ROUNDS = 4
/** Room for `…[+1234567 characters]`. */
const MARK_LENGTH = 24

export const UNSANITIZABLE = '[UNSANITIZABLE]'

/** What stands in a secret's place; nothing but its kind is told. */
export function placeholder(kind: string): string {
  return kind === '' ? '[REDACTED]' : `[REDACTED:${kind}]`
}

/**
 * The text without secrets and without anything a terminal or a page could act on, on one line, at most `length`
 * UTF-16 units (default 1,000), well-formed; what was cut is counted at its end. Redacting its result again changes
 * nothing.
 */
export function redact(text: string, length = KEPT_LENGTH): string {
  return isPlain(text) ? text : bounded(text, length, (round) => hideOnce(printable(round)))
}

/** The same, but lines, tabs and the characters that join emoji stay where no secret is near. */
export function redactLines(text: string, length = Number.POSITIVE_INFINITY): string {
  return isPlain(text) ? text : bounded(text, length, hideInLines)
}

/** The text with every secret hidden and nothing else changed, whatever its length. */
export function hideSecrets(text: string): string {
  return isPlain(text) ? text : settle(text, hideOnce)
}

function bounded(text: string, length: number, clean: (text: string) => string): string {
  const { kept, dropped } = searched(text, Math.max(length, SEARCHED_LENGTH))
  const first = cut(clean(kept), length, dropped)
  return first === text ? text : settle(first, (round) => cut(clean(round), length))
}

// A placeholder may complete what was none before; as a rule the second round finds nothing.
function settle(text: string, change: (text: string) => string): string {
  let settled = text
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = change(settled)
    if (next === settled) return settled
    settled = next
  }
  return UNSANITIZABLE
}

// Ids, digests, dates and short words are most of what is logged; no rule could match them.
function isPlain(text: string): boolean {
  return /^(?:[\w.-]{0,12}|[0-9a-f]{40,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]{8,12}Z)$/.test(
    text,
  )
}

// The cut may have halved a secret so that no rule knows it: the last word goes too.
function searched(text: string, length: number): { kept: string; dropped: number } {
  if (text.length <= length) return { kept: text, dropped: 0 }
  const kept = text.slice(0, length).replace(/(?<!\S)\S+$/, '')
  return { kept, dropped: text.length - kept.length }
}

// Format characters go because zero-width ones split a secret without anyone seeing it.
function printable(text: string): string {
  if (/^[ -~]*$/.test(text)) return text
  return stripVTControlCharacters(text.toWellFormed())
    .replace(/[\t\n\v\f\r\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
}

/** The text, with its lines, without what nobody sees: escape sequences, control and format characters. */
export function visible(text: string): string {
  return withoutControls(text).replace(/\p{Cf}/gu, '')
}

const CONTROLS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

function withoutControls(text: string): string {
  if (/^[\n\t -~]*$/.test(text)) return text
  return stripVTControlCharacters(text.toWellFormed()).replace(CONTROLS, (sign) =>
    /[\t\n\r]/.test(sign) ? sign : '',
  )
}

function hideInLines(text: string): string {
  const safe = withoutControls(text)
  const bare = visible(safe)
  const hidden = hideOnce(bare)
  return hidden === bare ? safe : hidden
}

function hideOnce(text: string): string {
  const secrets = findSecrets(text)
  if (secrets.length === 0) return text
  let shown = ''
  let read = 0
  for (const { start, end, kind } of secrets) {
    shown += text.slice(read, start) + placeholder(kind)
    read = end
  }
  return shown + text.slice(read)
}

function cut(text: string, length: number, dropped = 0): string {
  if (text.length <= length && dropped === 0) return text
  const room = Math.max(0, Math.min(length - MARK_LENGTH, text.length))
  const kept = text.slice(0, room).replace(/(?:[\uD800-\uDBFF]|\[REDACTED(?::\w*)?)$/, '')
  return `${kept}…[+${text.length - kept.length + dropped} characters]`.slice(0, length)
}
