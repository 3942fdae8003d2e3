import { closest } from '../src/config/closest.ts'
import { HelixError } from '../src/errors.ts'
import { globalOptionLength } from './globals.ts'
import type { Entry, Table } from './table.ts'

/** What was typed, split into the path of a command or noun (empty for `helix` alone) and the rest. */
export interface Found {
  path: string
  entry: Entry | undefined
  rest: string[]
}

/**
 * Finds the command in `argv`; global options may stand before, between and after its words.
 * @throws HelixError `usage` with the nearest name when there is no such command.
 */
export function findCommand(argv: readonly string[], table: Table): Found {
  const words: string[] = []
  const skipped: string[] = []
  let at = 0
  while (at < argv.length) {
    const arg = argv[at] ?? ''
    const length = globalOptionLength(argv.slice(at))
    if (length > 0) {
      skipped.push(...argv.slice(at, at + length))
      at += length
    } else if (arg.startsWith('-') || !isPath([...words, arg], table)) {
      break
    } else {
      words.push(arg)
      at += 1
    }
  }
  const path = words.join(' ')
  const entry = Object.hasOwn(table, path) ? table[path] : undefined
  const next = argv[at]
  if (!entry?.load && next !== undefined && !next.startsWith('-')) throw unknown(path, next, table)
  return { path, entry, rest: [...skipped, ...argv.slice(at)] }
}

function isPath(words: readonly string[], table: Table): boolean {
  return Object.hasOwn(table, words.join(' '))
}

function unknown(noun: string, word: string, table: Table): HelixError {
  const prefix = noun === '' ? '' : `${noun} `
  const known = Object.keys(table)
    .filter((path) => path.startsWith(prefix) && !table[path]?.hidden)
    .map((path) => path.slice(prefix.length).split(' ')[0] ?? '')
  const begun = known.filter((candidate) => word.length > 1 && candidate.startsWith(word))
  const near = begun.length === 1 ? begun[0] : closest(word, known)
  return new HelixError('usage', `No command \`helix ${prefix}${word}\``, {
    hint: near
      ? `Did you mean \`helix ${prefix}${near}\`?`
      : `\`helix ${prefix}--help\` lists what there is.`,
    next: [near ? `helix ${prefix}${near} --help` : `helix ${prefix}--help`],
  })
}
