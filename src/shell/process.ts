import type { Duplex } from 'node:stream'
import type { Options } from 'execa'
import type { Ran, RunOptions } from './host.ts'

export const TIMEOUT_MS = 60_000
/** What may be read of one output, in bytes. */
const MOST_OUTPUT = 16 * 1024 * 1024
/** Exit codes as timeout(1) and shells give them, to a program out of time and to one ended by SIGKILL. */
const TIMED_OUT = 124
const KILLED = 137

interface ProcessOptions extends RunOptions {
  /** All it sees of the environment; what this process sees, unless told. */
  environment?: Readonly<Record<string, string | undefined>>
}

/**
 * Runs a program to its end, whatever its exit code.
 * @throws what `signal` aborts with; Error `ENOENT` when there is no such program
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  { input, timeoutMs = TIMEOUT_MS, signal, environment }: ProcessOptions = {},
): Promise<Ran> {
  // Costs a quarter of a second to load, which only those pay who run something.
  const { execa } = await import('execa')
  const options = {
    reject: false,
    input: input ?? '',
    timeout: timeoutMs,
    maxBuffer: MOST_OUTPUT,
    stripFinalNewline: false,
    killDescendants: true,
    ...(signal && { cancelSignal: signal }),
    ...(environment && { env: { ...environment }, extendEnv: false }),
  } satisfies Options
  const result = await execa(file, args, options)
  signal?.throwIfAborted()
  if (result.code === 'ENOENT') throw result.cause ?? result
  const code = result.timedOut ? TIMED_OUT : (result.exitCode ?? KILLED)
  return { code, stdout: result.stdout, stderr: result.stderr }
}

/** Starts a program that passes on what it is sent and answers; it ends when its reader goes away. */
export async function connectThrough(file: string, args: readonly string[]): Promise<Duplex> {
  const { execa } = await import('execa')
  return execa(file, args, { reject: false, buffer: false, stderr: 'ignore' }).duplex()
}
