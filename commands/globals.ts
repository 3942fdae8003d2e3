/** Options that every command takes. */
export interface Globals {
  env?: string
  json: boolean
  yes: boolean
  confirm?: string
  dryRun: boolean
  colour: boolean
  verbose: boolean
  cwd?: string
  url?: string
}

/** Flags and meaning of the global options, as help shows them; `--dry-run` only where a command takes it. */
export const GLOBAL_OPTIONS = [
  ['--env <name>', 'environment to work on (reads .env.<name>)'],
  ['--url <gateway>', 'gateway to talk to, instead of the local or last one'],
  ['--json', 'print one JSON document on stdout'],
  ['--yes', 'consent to moderate acts'],
  ['--confirm <name>', 'consent to a severe act by naming what it acts on'],
  ['--cwd <directory>', 'work as if started there'],
  ['--no-color', 'plain text (also NO_COLOR)'],
  ['--verbose', 'say more, and show the cause of an error'],
] as const

export const DRY_RUN = ['--dry-run', 'say what would be done, do nothing'] as const

const TAKES_VALUE = new Set(
  GLOBAL_OPTIONS.filter(([flags]) => flags.includes('<')).map(([flags]) => flags.split(' ')[0]),
)

/** How many arguments the global option at the head of `args` takes up; 0 when it is none. */
export function globalOptionLength(args: readonly string[]): 0 | 1 | 2 {
  const [name = '', inline] = (args[0] ?? '').split('=', 2)
  if (TAKES_VALUE.has(name)) return inline === undefined ? 2 : 1
  return GLOBAL_OPTIONS.some(([flags]) => flags === name) || name === DRY_RUN[0] ? 1 : 0
}
