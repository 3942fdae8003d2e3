import { HelixError } from '../errors.ts'
import { hostFailed } from './host.ts'
import { letGoLate } from './let-go.ts'
import type { Script } from './script.ts'

/** A machine whose scripts can be listened to while they run. */
export interface LineHost {
  readonly name: string
  /**
   * Runs a script and yields each line of its stdout as it comes, without the line break. It reads an open stdin, whose
   * end means that nobody listens any more.
   * @throws HelixError `host_failed` when it ends otherwise than well, `host_unreachable`; nothing once `signal` aborts
   */
  lines(script: Script, signal: AbortSignal): AsyncIterable<string>
}

interface StreamOptions {
  signal: AbortSignal
  environment?: Readonly<Record<string, string | undefined>> | undefined
}

/** What ssh itself exits with when it could not connect, or the connection broke. */
const SSH_FAILED = 255
/** How long a program may take to end once it is told to, in ms. Then it is killed, and its output let go. */
const ENDING_MS = 3_000

/**
 * Runs a program for a host and yields the lines of its stdout. Leaving the loop ends the program, as `signal` does;
 * either takes a few seconds at most, whatever still holds its output.
 */
export async function* streamLines(
  host: { name: string },
  file: string,
  args: readonly string[],
  { signal, environment }: StreamOptions,
): AsyncGenerator<string, void> {
  const { execa } = await import('execa')
  if (signal.aborted) return
  const left = new AbortController()
  const ending = AbortSignal.any([signal, left.signal])
  const running = execa(file, args, {
    reject: false,
    stdin: 'pipe',
    buffer: { stdout: false, stderr: true },
    maxBuffer: 64 * 1024,
    killDescendants: true,
    cancelSignal: ending,
    forceKillAfterDelay: ENDING_MS,
    ...(environment && { env: { ...environment }, extendEnv: false }),
  })
  const waited = letGoLate([running.stdout, running.stderr], ending, ENDING_MS)
  const lines = running.iterable()
  try {
    // Not `for await`: left early, that would wait for the program to end before anybody told it to.
    for (let next = await lines.next(); !next.done; next = await lines.next()) yield String(next.value)
    const { exitCode, stderr } = await running
    if (!signal.aborted && exitCode !== 0) throw failure(host, exitCode ?? 137, String(stderr))
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    left.abort()
    await lines.return?.()
    waited()
  }
}

function failure(host: { name: string }, code: number, stderr: string): HelixError {
  if (code !== SSH_FAILED) return hostFailed(host, 'show its log', { code, stdout: '', stderr })
  return new HelixError('host_unreachable', `${host.name} cannot be reached over SSH, or no longer`, {
    hint: `Try: ssh ${host.name}`,
    details: { host: host.name },
  })
}
