import type { Duplex } from 'node:stream'
import type { Options } from 'execa'
import type { Ran, RunOptions } from './host.ts'
import { letGoLate } from './let-go.ts'
import { LIMIT_MS } from './limits.ts'

/** What may be read of one output, in bytes. */
const MOST_OUTPUT = 16 * 1024 * 1024
/** Exit code as shells give it, to a program ended by SIGKILL. */
const KILLED = 137
/** How long a program may take to end once it is told to, in ms. Then it is killed, and its output let go. */
const ENDING_MS = 3_000

interface ProcessOptions extends RunOptions {
  /** All it sees of the environment; what this process sees, unless told. */
  environment?: Readonly<Record<string, string | undefined>>
  /** How long what still holds its output may do so once it is told to end, in ms. */
  endingMs?: number
}

/** What came of a program: what it left behind, or that it did not come to its end in time. */
export type ProcessEnd =
  | (Ran & { late: false })
  | { late: true /** Whether something still held its output. */; held: boolean }

/**
 * Runs a program to its end, whatever its exit code. One that is out of time, or whose signal aborts, is ended; nobody
 * waits for what does not end.
 * @throws what `signal` aborts with; Error `ENOENT` when there is no such program
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  { input, timeoutMs = LIMIT_MS.act, signal, environment, endingMs = ENDING_MS }: ProcessOptions = {},
): Promise<ProcessEnd> {
  // Costs a quarter of a second to load, which only those pay who run something.
  const { execa } = await import('execa')
  const late = new AbortController()
  const ending = AbortSignal.any([late.signal, ...(signal ? [signal] : [])])
  const options = {
    reject: false,
    input: input ?? '',
    cancelSignal: ending,
    forceKillAfterDelay: ENDING_MS,
    maxBuffer: MOST_OUTPUT,
    stripFinalNewline: false,
    killDescendants: true,
    ...(environment && { env: { ...environment }, extendEnv: false }),
  } satisfies Options
  const running = execa(file, args, options)
  const ended = letGoLate([running.stdout, running.stderr], ending, endingMs)
  const timer = setTimeout(() => late.abort(), timeoutMs)
  const result = await running
  clearTimeout(timer)
  const held = ended()
  signal?.throwIfAborted()
  if (result.code === 'ENOENT') throw result.cause ?? result
  if (late.signal.aborted) return { late: true, held }
  return { late: false, code: result.exitCode ?? KILLED, stdout: result.stdout, stderr: result.stderr }
}

/** Starts a program that passes on what it is sent and answers; it ends when its reader goes away. */
export async function connectThrough(file: string, args: readonly string[]): Promise<Duplex> {
  const { execa } = await import('execa')
  return execa(file, args, { reject: false, buffer: false, stderr: 'ignore' }).duplex()
}
