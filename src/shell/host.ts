import type { Duplex, Readable } from 'node:stream'
import { redact } from '../audit/redact.ts'
import { HelixError } from '../errors.ts'
import { safeText } from '../ui/safe-text.ts'
import { LIMIT_MS } from './limits.ts'
import type { Script } from './script.ts'

/** What a script left behind. */
export interface Ran {
  /** Exit code; 128 and the signal's number when a signal ended it. */
  code: number
  stdout: string
  stderr: string
}

export interface RunOptions {
  /** What it is for, as a failure names it: `unpack the release`. */
  what?: string
  /** What the script reads on stdin; the place for everything secret or large. */
  input?: string | Readable
  /** Ended and given up after this long, in ms: one of `LIMIT_MS`, `LIMIT_MS.act` unless told. */
  timeoutMs?: number
  signal?: AbortSignal
}

/** A machine that runs scripts: this one, or another over SSH. */
export interface Host {
  /** As a person knows it: `localhost`, `deploy@vps.example.com`. */
  readonly name: string
  /**
   * Runs a script to its end, whatever its exit code. Always settles: what does not end in time, or once the signal
   * aborts, is waited for a little and then left alone.
   * @throws HelixError `host_unreachable` when the machine cannot be spoken to, or no longer; `host_timeout`
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
 * @throws HelixError `host_failed` with the end of its stderr, `host_unreachable`, `host_timeout`
 */
export async function runOn(host: Host, what: string, script: Script, options?: RunOptions): Promise<string> {
  const ran = await host.run(script, { ...options, what })
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

/** How things are where a script did not come to its end in time. */
interface Left {
  /** Whether it is known to have ended there. */
  ended: boolean
  /** A command that looks for it. */
  look?: string
}

/** The failure of a script that did not come to its end in time. */
export function timedOut(
  { name }: Pick<Host, 'name'>,
  { what = 'do what it was asked', timeoutMs = LIMIT_MS.act }: RunOptions,
  { ended, look }: Left,
): HelixError {
  return new HelixError('host_timeout', `${name} took longer than ${timeoutMs / 1_000} s to ${what}`, {
    hint: ended
      ? 'What ran there was ended.'
      : 'What runs there could not be ended and may still go on; nothing waits for it any more.',
    next: ended || look === undefined ? [] : [look],
    details: { host: name, limitMs: timeoutMs, ended },
  })
}
