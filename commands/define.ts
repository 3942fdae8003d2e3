import type { z } from 'zod'
import type { HelixError } from '../src/errors.ts'
import type { Context } from './context.ts'

/** One option: flags as commander writes them (`-n, --limit <count>`), and the schema its value must meet. */
export interface Option<S extends z.ZodType = z.ZodType> {
  flags: string
  description: string
  schema: S
}

/** One positional: `<url>` (required), `[text]` (optional), `[text...]` (the rest, as an array). */
export interface Argument<S extends z.ZodType = z.ZodType> {
  name: string
  description: string
  schema: S
}

type Values<T extends Record<string, { schema: z.ZodType }>> = { [K in keyof T]: z.output<T[K]['schema']> }
type None = Record<never, never>

/** What a command line says and what it costs to say it: the command, then what it does. */
export type Example = readonly [command: string, effect: string]

/**
 * A command as data. `run` computes and returns its result; `view` renders it for people; `--json` prints the
 * same result in the envelope.
 */
export interface Command<
  O extends Record<string, Option> = Record<string, Option>,
  A extends Record<string, Argument> = Record<string, Argument>,
  R = unknown,
> {
  /** Shown first by `--help`, most usual first. */
  examples: readonly Example[]
  /** More than the summary in the table says, when there is more to know. */
  description?: string
  arguments?: A
  options?: O
  /** Takes `--dry-run`; `context.dryRun` says whether it was given. */
  dryRun?: true
  /** What it writes down before it does it: kinds of entries (`login.start`). None for what only looks. */
  acts?: readonly `${string}.start`[]
  /** Prints while it runs: with `--json` one object a line through `context.emit`, and no envelope but an error's. */
  streams?: true
  run(input: Values<O> & Values<A>, context: Context): Promise<R> | R
  /** Text for stdout; undefined prints nothing. */
  view?(result: R, context: Context): string | undefined
  /** A result that is bad news: it is printed all the same, then the command ends with this failure. */
  verdict?(result: R): HelixError | undefined
}

/** Gives a command its inferred types; returns its argument. */
export function defineCommand<
  R,
  O extends Record<string, Option> = None,
  A extends Record<string, Argument> = None,
>(command: Command<O, A, R>): Command<O, A, R> {
  return command
}

/** Describes one option; `schema` sees a string, `true` for a bare flag, an array for `<x...>`, or undefined. */
export function option<S extends z.ZodType>(flags: string, description: string, schema: S): Option<S> {
  return { flags, description, schema }
}

/** Describes one positional argument; `schema` sees a string, an array for `[x...]`, or undefined. */
export function argument<S extends z.ZodType>(name: string, description: string, schema: S): Argument<S> {
  return { name, description, schema }
}
