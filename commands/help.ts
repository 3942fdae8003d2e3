import type { Colour } from '../src/ui/colour.ts'
import type { Command, Option } from './define.ts'
import { DRY_RUN, GLOBAL_OPTIONS } from './globals.ts'
import type { Table } from './table.ts'

type Line = readonly [term: string, meaning: string]

const FIRST_STEPS: readonly Line[] = [
  ['helix up', 'start everything on this machine'],
  ['helix ask "Hello, Helix!"', 'one question, one answer'],
  ['helix doctor', 'check this machine and its configuration'],
]

/** Help of `helix` alone: first steps, then every command. */
export function rootHelp(table: Table, colour: Colour): string {
  const shown = Object.entries(table).filter(([path, entry]) => !entry.hidden && !path.includes(' '))
  return sections(colour, [
    ['', ['Helix: your own Claude-backed assistant, from an empty directory to a launched service.']],
    ['Examples', columns(FIRST_STEPS)],
    ['Commands', columns(shown.map(([path, { summary }]) => [path, summary]))],
    [
      'Options',
      columns([
        ...GLOBAL_OPTIONS,
        ['--version', 'print the version'],
        ['--help', 'this text, or that of a command'],
      ]),
    ],
  ])
}

/** Help of a noun: its verbs. */
export function nounHelp(noun: string, table: Table, colour: Colour): string {
  const verbs = Object.entries(table).filter(([path, entry]) => path.startsWith(`${noun} `) && !entry.hidden)
  return sections(colour, [
    ['', [`helix ${noun}: ${table[noun]?.summary ?? ''}`]],
    ['Commands', columns(verbs.map(([path, { summary }]) => [`helix ${path}`, summary]))],
  ])
}

/** Help of one command: examples first, then what it takes. */
export function commandHelp(path: string, summary: string, command: Command, colour: Colour): string {
  const takes = Object.values(command.arguments ?? {})
  const own: Line[] = Object.values(command.options ?? {}).map(({ flags, description }) => [
    flags,
    description,
  ])
  if (command.dryRun) own.push(DRY_RUN)
  const required = Object.values(command.options ?? {})
    .filter(isRequired)
    .map(longFlag)
  const usage = ['helix', path, ...takes.map(({ name }) => name), ...required, '[options]'].join(' ')
  return sections(colour, [
    ['', [summary, ...(command.description ? ['', command.description] : [])]],
    ['Examples', columns(command.examples)],
    ['Usage', [usage]],
    ['Arguments', columns(takes.map(({ name, description }) => [name, description]))],
    ['Options', columns(own)],
    ['Every command', columns(GLOBAL_OPTIONS)],
  ])
}

function isRequired({ schema }: Option): boolean {
  return !schema.safeParse(undefined).success
}

/** `--name <name>` of `-n, --name <name>`. */
function longFlag({ flags }: Option): string {
  return flags.slice(Math.max(0, flags.indexOf('--')))
}

function sections(
  colour: Colour,
  parts: readonly (readonly [title: string, lines: readonly string[]])[],
): string {
  return parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) =>
      title === '' ? lines.join('\n') : [colour.bold(title), ...lines.map((line) => `  ${line}`)].join('\n'),
    )
    .join('\n\n')
}

function columns(lines: readonly Line[]): string[] {
  const width = Math.max(0, ...lines.map(([term]) => term.length))
  return lines.map(([term, meaning]) => `${term.padEnd(width)}  ${meaning}`)
}
