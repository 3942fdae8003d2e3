import { Argument, Command as Commander, CommanderError, Option } from 'commander'
import { HelixError } from '../src/errors.ts'
import type { Command } from './define.ts'
import { DRY_RUN, GLOBAL_OPTIONS, type Globals } from './globals.ts'
import { plainly, problemOf } from './problem.ts'

/** A command line that is understood and valid. */
export interface Parsed {
  globals: Globals
  input: Record<string, unknown>
}

/**
 * Reads the arguments of one command and validates each against its schema.
 * @throws HelixError `usage`, naming every bad option and argument at once.
 */
export function parse(path: string, command: Command, args: readonly string[]): Parsed {
  const parser = parserOf(path, command)
  try {
    parser.parse([...args], { from: 'user' })
  } catch (thrown) {
    throw thrown instanceof CommanderError ? misread(path, thrown) : thrown
  }
  return { globals: globalsOf(parser.opts()), input: validate(path, command, parser) }
}

function parserOf(path: string, command: Command): Commander {
  const parser = new Commander(`helix ${path}`).exitOverride().helpOption(false).allowExcessArguments(false)
  parser.configureOutput({ writeErr: () => {}, writeOut: () => {} })
  for (const [flags] of command.dryRun ? [...GLOBAL_OPTIONS, DRY_RUN] : GLOBAL_OPTIONS) parser.option(flags)
  for (const { flags, description } of Object.values(command.options ?? {})) parser.option(flags, description)
  for (const { name } of Object.values(command.arguments ?? {})) parser.addArgument(new Argument(name))
  return parser
}

function globalsOf(options: Record<string, unknown>): Globals {
  const text = (name: string) => (typeof options[name] === 'string' ? { [name]: options[name] } : {})
  return {
    ...text('env'),
    ...text('confirm'),
    ...text('cwd'),
    ...text('url'),
    json: options.json === true,
    yes: options.yes === true,
    dryRun: options.dryRun === true,
    colour: options.color !== false,
    verbose: options.verbose === true,
  }
}

function validate(path: string, command: Command, parser: Commander): Record<string, unknown> {
  const options = parser.opts()
  const given = [
    ...Object.entries(command.options ?? {}).map(([key, { flags, schema }]) => {
      const flag = new Option(flags)
      return { key, schema, label: flag.long ?? flags, value: options[flag.attributeName()] as unknown }
    }),
    ...Object.entries(command.arguments ?? {}).map(([key, { name, schema }], index) => {
      return { key, schema, label: name, value: parser.processedArgs[index] as unknown }
    }),
  ]
  const input: Record<string, unknown> = {}
  const problems: string[] = []
  for (const { key, schema, label, value } of given) {
    const result = schema.safeParse(value, { error: plainly })
    if (result.success) input[key] = result.data
    else problems.push(problemOf(label, result.error, value))
  }
  if (problems.length > 0) throw usage(path, problems.join('\n'))
  return input
}

function misread(path: string, { message }: CommanderError): HelixError {
  const text = message.replace(/^error: /, '').replaceAll("'", '`')
  return usage(path, text.charAt(0).toUpperCase() + text.slice(1))
}

function usage(path: string, message: string): HelixError {
  return new HelixError('usage', message, {
    hint: `\`helix ${path} --help\` shows what it takes.`,
    next: [`helix ${path} --help`],
  })
}
