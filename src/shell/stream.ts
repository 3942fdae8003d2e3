import { HelixError } from '../errors.ts'
import { hostFailed } from './host.ts'
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

/** What ssh itself exits with when it could not connect, or the connection broke. */
const SSH_FAILED = 255

/** Runs a program for a host and yields the lines of its stdout. Leaving the loop ends the program. */
export async function* streamLines(
  host: { name: string },
  file: string,
  args: readonly string[],
  {
    signal,
    environment,
  }: { signal: AbortSignal; environment?: Readonly<Record<string, string | undefined>> | undefined },
): AsyncGenerator<string, void> {
  const { execa } = await import('execa')
  const left = new AbortController()
  const running = execa(file, args, {
    reject: false,
    stdin: 'pipe',
    buffer: { stdout: false, stderr: true },
    maxBuffer: 64 * 1024,
    killDescendants: true,
    cancelSignal: AbortSignal.any([signal, left.signal]),
    ...(environment && { env: { ...environment }, extendEnv: false }),
  })
  try {
    for await (const line of running.iterable()) yield String(line)
    const { exitCode, stderr } = await running
    if (signal.aborted || exitCode === 0) return
    const ran = { code: exitCode ?? 137, stdout: '', stderr: String(stderr) }
    if (ran.code !== SSH_FAILED) throw hostFailed(host, 'show its log', ran)
    throw new HelixError('host_unreachable', `${host.name} cannot be reached over SSH, or no longer`, {
      hint: `Try: ssh ${host.name}`,
      details: { host: host.name },
    })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    left.abort()
    await running.catch(() => {})
  }
}
