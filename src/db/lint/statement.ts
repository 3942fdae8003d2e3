import { type Statement, words as spoken } from '../sql/statements.ts'

/** One statement as rules look at it. */
export interface LintStatement {
  /** Its words and signs in lower case, quoted names without their quotes; no comments. */
  words: readonly string[]
  /** Bodies of functions and DO blocks, in lower case. */
  bodies: readonly string[]
  /** All of it, comments included. */
  text: string
  /** Offset of its first word in the file. */
  at: number
}

/** A name and where the words after it begin. */
interface Name {
  name: string
  next: number
}

export function lintStatement(statement: Statement): LintStatement {
  return {
    words: spoken(statement).map((word) => (word.startsWith('"') ? word.slice(1, -1) : word)),
    bodies: statement.tokens.filter(({ kind }) => kind === 'dollar').map(({ text }) => text.toLowerCase()),
    text: statement.text,
    at: statement.tokens[0]?.start ?? statement.start,
  }
}

/** Whether the statement begins with these words; alternatives are written `a|b`. */
export function begins({ words }: LintStatement, ...expected: string[]): boolean {
  return expected.every((alternatives, index) => alternatives.split('|').includes(words[index] ?? ''))
}

/** The table a `create table` makes; undefined for other statements and temporary tables. */
export function createdTable(statement: LintStatement): string | undefined {
  if (begins(statement, 'create', 'table')) return readName(statement.words, 2).name
  if (begins(statement, 'create', 'unlogged', 'table')) return readName(statement.words, 3).name
  return undefined
}

/** The table of an `alter table`, and what is done to it, one list of words an action. */
export function alteredTable(statement: LintStatement): { table: string; actions: string[][] } | undefined {
  if (!begins(statement, 'alter', 'table')) return undefined
  const { name, next } = readName(statement.words, 2)
  return { table: name, actions: splitAtCommas(statement.words.slice(next)) }
}

/** The table a `create index` is made on, and whether that is done concurrently. */
export function indexedTable(statement: LintStatement): { table: string; concurrently: boolean } | undefined {
  if (!begins(statement, 'create', 'index|unique')) return undefined
  const on = statement.words.indexOf('on')
  if (on === -1) return undefined
  const concurrently = statement.words.slice(0, on).includes('concurrently')
  return { table: readName(statement.words, on + 1).name, concurrently }
}

const BEFORE_NAME = new Set(['if', 'not', 'exists', 'only'])

/** Reads a possibly qualified name; without a schema it is public's. */
function readName(words: readonly string[], start: number): Name {
  let at = start
  while (BEFORE_NAME.has(words[at] ?? '')) at += 1
  const first = words[at] ?? ''
  if (words[at + 1] !== '.') return { name: `public.${first}`, next: at + 1 }
  return { name: `${first}.${words[at + 2] ?? ''}`, next: at + 3 }
}

function splitAtCommas(words: readonly string[]): string[][] {
  const parts: string[][] = [[]]
  let depth = 0
  for (const word of words) {
    if (word === '(') depth += 1
    if (word === ')') depth -= 1
    if (word === ',' && depth === 0) parts.push([])
    else parts.at(-1)?.push(word)
  }
  return parts
}
