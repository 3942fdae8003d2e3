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

/** Seen from a running Node process; the second signal ends it at once. */
export function processHost(process: NodeJS.Process): Host {
  const stop = new AbortController()
  for (const [name, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(exit)
      stop.abort(name)
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
