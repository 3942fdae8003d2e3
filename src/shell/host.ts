import type { Duplex, Readable } from 'node:stream'
import { redact } from '../audit/redact.ts'
import { HelixError } from '../errors.ts'
import { safeText } from '../ui/safe-text.ts'
import type { Script } from './script.ts'

/** What a script left behind. */
export interface Ran {
  /** Exit code; 128 and the signal's number when a signal ended it. */
  code: number
  stdout: string
  stderr: string
}

export interface RunOptions {
  /** What the script reads on stdin; the place for everything secret or large. */
  input?: string | Readable
  /** Given up after this long, in ms; 60 s unless told. */
  timeoutMs?: number
  signal?: AbortSignal
}

/** A machine that runs scripts: this one, or another over SSH. */
export interface Host {
  /** As a person knows it: `localhost`, `deploy@vps.example.com`. */
  readonly name: string
  /**
   * Runs a script to its end, whatever its exit code.
   * @throws HelixError `host_unreachable` when the machine cannot be spoken to, or no longer
   */
  run(script: Script, options?: RunOptions): Promise<Ran>
  /** A connection to a port of the machine, from itself; it ends at once where nothing listens there. */
  connect(port: number): Promise<Duplex>
  close(): Promise<void>
}

/** The longest end of an error output that goes into a failure, in characters. */
const MOST_SHOWN = 2_000

/**
 * Runs a script that must succeed; resolves to its stdout without the last line break.
 * @param what what it was for, as the failure names it: `unpack the release`
 * @throws HelixError `host_failed` with the end of its stderr, `host_unreachable`
 */
export async function runOn(host: Host, what: string, script: Script, options?: RunOptions): Promise<string> {
  const ran = await host.run(script, options)
  if (ran.code === 0) return ran.stdout.replace(/\n$/, '')
  throw hostFailed(host, what, ran)
}

/** The failure of a script that ended otherwise than it must. */
export function hostFailed(
  host: Pick<Host, 'name'>,
  what: string,
  { code, stderr, stdout }: Ran,
): HelixError {
  const told = safeText(redact((stderr.trim() || stdout.trim()).slice(-MOST_SHOWN)))
  return new HelixError('host_failed', `${host.name} could not ${what} (exit code ${code})`, {
    hint: told === '' ? 'It said nothing about why.' : `It said: ${told}`,
    details: { host: host.name, exitCode: code },
  })
}
