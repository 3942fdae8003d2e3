import type { TokenizerExtension, Tokens } from 'marked'

/** A formula: TeX as it was written, and whether it stands in a line of its own. */
export interface MathToken extends Tokens.Generic {
  type: 'math'
  text: string
  display: boolean
}

/** Formulas are short; what is longer is text with stray delimiters. It also bounds how far a delimiter looks ahead. */
const LONGEST = 4_000

/** `$x$` as pandoc reads it: no white space within the dollars, no digit after them, so that prices stay prices. */
const DOLLARS = new RegExp(`^\\$(?![\\s$])((?:[^$\\\\\\n]|\\\\[^\\n]){1,${LONGEST}})(?<!\\s)\\$(?!\\d)`)
const DELIMITERS = [
  { open: '$$', close: '$$', display: true },
  { open: '\\[', close: '\\]', display: true },
  { open: '\\(', close: '\\)', display: false },
] as const

/** Formulas as paragraphs of their own, and within text. */
export const mathSyntax: TokenizerExtension[] = [
  { name: 'math', level: 'block', tokenizer: blockFormula },
  {
    name: 'math',
    level: 'inline',
    start: (src) => {
      const index = src.search(/\$|\\[([]/)
      return index < 0 ? undefined : index
    },
    tokenizer: (src) => delimited(src) ?? betweenDollars(src),
  },
]

/** A formula that has its lines to itself. */
function blockFormula(src: string): MathToken | undefined {
  const found = delimited(src.replace(/^ {1,3}(?=\$\$|\\\[)/, ''))
  if (!found?.display) return undefined
  const end = src.indexOf(found.raw) + found.raw.length
  const rest = /^[ \t]*(?:\n+|$)/.exec(src.slice(end, end + LONGEST))
  return rest ? { ...found, raw: src.slice(0, end) + rest[0] } : undefined
}

function delimited(src: string): MathToken | undefined {
  const pair = DELIMITERS.find(({ open }) => src.startsWith(open))
  if (!pair) return undefined
  const ahead = src.slice(pair.open.length, LONGEST)
  const end = ahead.indexOf(pair.close)
  const text = ahead.slice(0, Math.max(0, end)).trim()
  if (text === '') return undefined
  const raw = src.slice(0, pair.open.length + end + pair.close.length)
  return { type: 'math', raw, text, display: pair.display }
}

function betweenDollars(src: string): MathToken | undefined {
  const found = DOLLARS.exec(src)
  return found ? { type: 'math', raw: found[0], text: (found[1] ?? '').trim(), display: false } : undefined
}
