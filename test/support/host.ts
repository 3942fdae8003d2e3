import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import type { Host } from '../../commands/host.ts'
import { run } from '../../commands/run.ts'
import { type Table, table } from '../../commands/table.ts'

/** What a command line left behind. */
export interface Ran {
  exit: number
  stdout: string
  stderr: string
}

/** How a test runs a command line. */
export interface RunOptions {
  table?: Table
  /** Text on stdin, which is then no terminal. */
  stdin?: string
  environment?: Record<string, string>
  cwd?: string
  signal?: AbortSignal
  /** Called with each piece of stdout. */
  onStdout?: (text: string) => void
  /** The same of stderr. */
  onStderr?: (text: string) => void
}

/** Runs one command line in this process, in an empty home and an empty directory unless told otherwise. */
export async function helix(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const home = mkdtempSync(join(tmpdir(), 'helix-test-'))
  const out = { stdout: '', stderr: '' }
  const collect = (name: keyof typeof out) =>
    new Writable({
      write(chunk, _encoding, done) {
        out[name] += String(chunk)
        const told = name === 'stdout' ? options.onStdout : options.onStderr
        told?.(String(chunk))
        done()
      },
    })
  const host: Host = {
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    cwd: options.cwd ?? home,
    environment: { HOME: home, ...options.environment },
    signal: options.signal ?? new AbortController().signal,
  }
  try {
    return { exit: await run(argv, options.table ?? table, host), ...out }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
