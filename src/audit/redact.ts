import { stripVTControlCharacters } from 'node:util'
import { REDACTION_RULES } from './redaction-rules.ts'

/** Longer text is cut before it is searched. */
const SEARCHED_LENGTH = 65_536
const KEPT_LENGTH = 1_000
const MAX_ROUNDS = 4

export const UNSANITIZABLE = '[UNSANITIZABLE]'

/**
 * The text without secrets and without anything a terminal or a page could act on, at most `length` UTF-16 units
 * (default 1,000), well-formed. Redacting its result again changes nothing.
 */
export function redact(text: string, length = KEPT_LENGTH): string {
  if (isPlain(text)) return text
  let settled = text
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = cut(hideSecrets(printable(searched(settled))), length)
    if (next === settled) return settled
    settled = next
  }
  return UNSANITIZABLE
}

// Ids, digests, dates and short words are most of what is logged; no rule could match them.
function isPlain(text: string): boolean {
  return /^(?:\w{0,14}|[0-9a-fT:.Z-]{0,64})$/.test(text)
}

// The cut may have halved a secret so that no rule knows it: the last word goes too.
function searched(text: string): string {
  return text.length <= SEARCHED_LENGTH ? text : text.slice(0, SEARCHED_LENGTH).replace(/(?<!\S)\S+$/, '')
}

// Format characters go because zero-width ones split a secret without anyone seeing it.
function printable(text: string): string {
  if (/^[ -~]*$/.test(text)) return text
  return stripVTControlCharacters(text.toWellFormed())
    .replace(/[\t\n\v\f\r\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
}

function hideSecrets(text: string): string {
  const lower = text.toLowerCase()
  let hidden = text
  for (const { triggers, pattern, replacement } of REDACTION_RULES) {
    if (triggers.some((trigger) => lower.includes(trigger))) hidden = hidden.replace(pattern, replacement)
  }
  return isEncodedSecret(hidden) ? '[REDACTED:encoded]' : hidden
}

function isEncodedSecret(text: string): boolean {
  if (!/%[0-9a-f]{2}/i.test(text)) return false
  const decoded = text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return REDACTION_RULES.some(({ pattern, replacement }) => decoded.replace(pattern, replacement) !== decoded)
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
