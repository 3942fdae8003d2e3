import type { Readable, Writable } from 'node:stream'

/** Where text comes from. */
export type Input = Readable & { readonly isTTY?: boolean; readonly fd?: number }

/** Where text goes. */
export type Output = Writable & { readonly isTTY?: boolean }

/** The process around a command: all it can see or touch of the outside, so that a test can stand in for it. */
export interface Host {
  stdin: Input
  stdout: Output
  stderr: Output
  cwd: string
  environment: Readonly<Record<string, string | undefined>>
  /** Aborts at the first SIGINT or SIGTERM; the reason is the signal's name. */
  signal: AbortSignal
}

/**
 * How long after the first signal a second one is impatience, in ms. Before, it is the same one key press: `npm`
 * passes Ctrl-C on to a process that the terminal has told already.
 */
const IMPATIENCE_MS = 500

/** Seen from a running Node process; a second signal, once the first has had its moment, ends it at once. */
export function processHost(process: NodeJS.Process): Host {
  const stop = new AbortController()
  let asked = 0
  for (const [name, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(name, () => {
      if (!stop.signal.aborted) {
        asked = performance.now()
        stop.abort(name)
      } else if (performance.now() - asked >= IMPATIENCE_MS) process.exit(exit)
    })
  }
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    environment: process.env,
    signal: stop.signal,
  }
}
