import { resolve } from 'node:path'
import { createResources } from '../src/resources.ts'
import { type Colour, createColour, wantsColour } from '../src/ui/colour.ts'
import { type Ask, type Consent, createAsk, createConsent } from './consent.ts'
import type { Globals } from './globals.ts'
import type { Host, Input, Output } from './host.ts'
import type { Rendering } from './render.ts'
import { createServices, type Services } from './services.ts'
import type { Table } from './table.ts'

/** All a command is given: the outside as the host shows it, and the global options as they were typed. */
export interface Context extends Omit<Globals, 'colour' | 'cwd' | 'env'>, Services {
  stdin: Input
  /** Results only. */
  stdout: Output
  /** Everything else. */
  stderr: Output
  /** Whether somebody sits there who can answer a question: stdin and stderr are a terminal and `--json` is off. */
  isTty: boolean
  /** Directory the command works in: `--cwd`, else where it was started. */
  cwd: string
  /** What `--env` named, if it did. */
  env: string | undefined
  environment: Host['environment']
  /** How failures are shown in this run. */
  rendering: Rendering
  /** Colour of stdout. */
  colour: Colour
  signal: AbortSignal
  /** Every command there is. */
  table: Table
  /** Asks for consent; returns only when it was given. */
  consent: Consent
  /** Asks for one line of input on a terminal. */
  ask: Ask
  /** Says something to a person, on stderr. */
  say(text: string): void
  /** Says something in passing: dim, on stderr. */
  note(text: string): void
  /** Prints one JSON object as one line of stdout; for commands that stream. */
  emit(value: unknown): void
  /** Remembers how to close something opened here; the last opened is closed first. */
  onClose(close: () => Promise<void> | void): void
  /** Runs another command line in the place of this one, until it ends or `stop` aborts; resolves to its exit code. */
  aside: Aside
}

/** Runs a command line with the same outside. */
export type Aside = (argv: readonly string[], stop?: AbortSignal) => Promise<number>

/** A context and the way to close whatever was opened through it. */
export interface OpenContext {
  context: Context
  close(): Promise<void>
}

/** Builds the context of one run of a command that does `acts`. Nothing is opened before it asks for it. */
export function openContext(
  host: Host,
  globals: Globals,
  table: Table,
  acts: readonly string[],
  aside: Aside,
): OpenContext {
  const { colour: colourAllowed, cwd, env, ...flags } = globals
  const resources = createResources()
  const directory = resolve(host.cwd, cwd ?? '.')
  const colourOf = (output: Output) =>
    createColour(colourAllowed && wantsColour(output.isTTY === true, host.environment))
  const errorColour = colourOf(host.stderr)
  const onClose = (close: () => Promise<void> | void) => void resources.keep(undefined, close)
  const isTty = host.stdin.isTTY === true && host.stderr.isTTY === true && !flags.json
  const context: Context = {
    ...flags,
    stdin: host.stdin,
    stdout: host.stdout,
    stderr: host.stderr,
    isTty,
    rendering: { json: flags.json, verbose: flags.verbose, colour: colourAllowed },
    cwd: directory,
    env,
    environment: host.environment,
    colour: colourOf(host.stdout),
    signal: host.signal,
    table,
    consent: createConsent({ host, globals, isTty }),
    ask: createAsk({ host, isTty }),
    say: (text) => void host.stderr.write(`${text}\n`),
    note: (text) => void host.stderr.write(`${errorColour.dim(text)}\n`),
    emit: (value) => void host.stdout.write(`${JSON.stringify(value)}\n`),
    onClose,
    aside,
    ...createServices({ host, globals, cwd: directory, acts, onClose }),
  }
  return { context, close: resources.close }
}
