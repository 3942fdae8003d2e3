import { asHelixError, type HelixError } from '../src/errors.ts'
import { createColour, wantsColour } from '../src/ui/colour.ts'
import type { Aside, Context, OpenContext } from './context.ts'
import type { Command } from './define.ts'
import { type Found, findCommand } from './find.ts'
import type { Globals } from './globals.ts'
import { commandHelp, nounHelp, rootHelp } from './help.ts'
import type { Host } from './host.ts'
import { type Rendering, renderData, renderError } from './render.ts'
import { loadCommand, type Table } from './table.ts'

const SIGNAL_EXITS: Record<string, number> = { SIGINT: 130, SIGTERM: 143 }

/**
 * Runs one command line and resolves to the exit code; never throws and never ends the process.
 * Results go to the host's stdout, everything else to its stderr.
 */
export async function run(argv: readonly string[], table: Table, host: Host): Promise<number> {
  const rendering = renderingOf(argv)
  try {
    const found = findCommand(helpFirst(argv), table)
    const failure = await runFound(found, table, host, rendering)
    return exitCode(host, failure)
  } catch (thrown) {
    const error = asHelixError(thrown)
    if (!isInterruption(host, error)) await renderError(host, error, rendering)
    return exitCode(host, error)
  }
}

async function runFound(
  { path, entry, rest }: Found,
  table: Table,
  host: Host,
  rendering: Rendering,
): Promise<HelixError | undefined> {
  if (!entry?.load || asksForHelp(rest)) {
    host.stdout.write(`${await helpText({ path, entry, rest }, table, host, rendering)}\n`)
    return undefined
  }
  const command = await loadCommand(entry.load)
  const { parse } = await import('./parse.ts')
  const { globals, input } = parse(path, command, rest)
  const { openContext } = await import('./context.ts')
  const aside: Aside = (argv, stop) =>
    run(argv, table, stop ? { ...host, signal: AbortSignal.any([host.signal, stop]) } : host)
  return runCommand(command, input, openContext(host, globals, table, command.acts ?? [], aside), globals)
}

async function runCommand(
  command: Command,
  input: Record<string, unknown>,
  { context, close }: OpenContext,
  globals: Globals,
): Promise<HelixError | undefined> {
  try {
    const result = await command.run(input, context)
    const failure = command.verdict?.(result)
    await show(command, result, failure, context, globals)
    await close()
    return failure
  } catch (error) {
    // What went wrong first is what is told.
    await close().catch(() => {})
    throw error
  }
}

async function show(
  command: Command,
  result: unknown,
  failure: HelixError | undefined,
  context: Context,
  globals: Globals,
): Promise<void> {
  if (context.json && !command.streams && !failure) renderData(context, result)
  const text = context.json ? undefined : command.view?.(result, context)
  if (text !== undefined) context.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  if (failure) await renderError(context, failure, globals, result)
}

async function helpText(
  { path, entry }: Found,
  table: Table,
  host: Host,
  rendering: Rendering,
): Promise<string> {
  const colour = createColour(rendering.colour && wantsColour(host.stdout.isTTY === true, host.environment))
  if (entry?.load) return commandHelp(path, entry.summary, await loadCommand(entry.load), colour)
  return path === '' ? rootHelp(table, colour) : nounHelp(path, table, colour)
}

// Errors may come before the options are understood, so how to show them is read off the words themselves.
function renderingOf(argv: readonly string[]): Rendering {
  const options = beforeDashes(argv)
  return {
    json: options.includes('--json'),
    verbose: options.includes('--verbose'),
    colour: !options.includes('--no-color'),
  }
}

function beforeDashes(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return end === -1 ? args : args.slice(0, end)
}

function asksForHelp(args: readonly string[]): boolean {
  return beforeDashes(args).some((arg) => arg === '--help' || arg === '-h')
}

// `helix help db migrate` is `helix db migrate --help`.
function helpFirst(argv: readonly string[]): readonly string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv
}

// A command cut short by a signal says so with its exit code; only what it has to say beyond that is shown, such as what
// to do next.
function isInterruption(host: Host, error: HelixError): boolean {
  const silent = error.code === 'internal' || (error.code === 'stopped' && error.next.length === 0)
  return host.signal.aborted && silent
}

// What is left half done outweighs that somebody asked it to end.
function exitCode(host: Host, failure: HelixError | undefined): number {
  if (host.signal.aborted && failure?.code !== 'rollback_failed')
    return SIGNAL_EXITS[String(host.signal.reason)] ?? 130
  return failure?.exit ?? 0
}
