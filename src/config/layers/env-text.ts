import { parseEnv } from 'node:util'
import type { Problem } from '../problems.ts'

/** An entry of an env file and the line it begins on, from 1. */
interface EnvEntry {
  name: string
  value: string
  line: number
}

/** What an env file says, and what in it cannot have been meant. */
export interface EnvText {
  entries: EnvEntry[]
  problems: (Omit<Problem, 'source'> & { line: number })[]
  warnings: (Omit<Problem, 'source'> & { line: number })[]
}

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=[^\S\n]*(.*)$/

/** Reads the text of an env file. Node's own parser decides the values; this adds lines and what it passes over. */
export function readEnvText(text: string): EnvText {
  const values = new Map(Object.entries(parseEnv(text.replace(/^\uFEFF/, ''))))
  const result: EnvText = { entries: [], problems: [], warnings: [] }
  for (const { line, text: statement } of statements(text.replace(/^\uFEFF/, ''))) {
    const [, name, written = ''] = ASSIGNMENT.exec(statement) ?? []
    if (name === undefined) result.problems.push(notAnAssignment(line))
    else take(result, { name, value: values.get(name) ?? '', line }, written)
  }
  return result
}

function take(result: EnvText, entry: EnvEntry, written: string): void {
  const earlier = result.entries.findIndex(({ name }) => name === entry.name)
  if (earlier >= 0) {
    const [first] = result.entries.splice(earlier, 1)
    result.warnings.push(setTwice(entry, first?.line ?? 0))
  }
  if (/^[^"'`\s][^#]*[^#\s]#/.test(written)) result.warnings.push(cutAtHash(entry))
  result.entries.push(entry)
}

// Splits into lines, but keeps a quoted value that runs over several together.
function statements(text: string): { line: number; text: string }[] {
  const found: { line: number; text: string }[] = []
  let open: string | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (open !== undefined) {
      if (line.includes(open)) open = undefined
    } else if (!/^\s*(#|$)/.test(line)) {
      open = openedQuote(line, text.split(/\r?\n/).slice(index + 1))
      found.push({ line: index + 1, text: line })
    }
  }
  return found
}

// A quote that is never closed is, to Node's parser, a character like any other.
function openedQuote(line: string, following: readonly string[]): string | undefined {
  const written = ASSIGNMENT.exec(line)?.[2] ?? ''
  const quote = /^["'`]/.exec(written)?.[0]
  if (quote === undefined || written.indexOf(quote, 1) > 0) return undefined
  return following.some((next) => next.includes(quote)) ? quote : undefined
}

function notAnAssignment(line: number) {
  return {
    line,
    message: 'the line is not of the form NAME=value',
    fix: 'Correct it, or begin it with # to make it a comment.',
  }
}

function setTwice({ name, line }: EnvEntry, earlier: number) {
  return { line, message: `${name} is set in line ${earlier} already; this one counts`, fix: 'Remove one.' }
}

function cutAtHash({ name, line }: EnvEntry) {
  return {
    line,
    message: `the value of ${name} ends before its #`,
    fix: 'Put the value in double quotes if the # belongs to it.',
  }
}
