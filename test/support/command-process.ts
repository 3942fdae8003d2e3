import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Ran } from './host.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/helix.ts', import.meta.url))

/** One command line in a process of its own, as a shell starts it. */
export interface CommandProcess {
  child: ChildProcess
  /** Resolves once it said this on stderr; rejects where it ends without. */
  said(text: string): Promise<void>
  ended: Promise<Ran>
  /** Sends it a signal; resolves to how it ended, and how long that took. */
  end(signal: 'SIGINT' | 'SIGTERM'): Promise<Ran & { ms: number }>
}

/** Starts the launcher on nothing but this environment; a process that still runs at the end of the test is killed. */
export function startCommand(
  argv: readonly string[],
  { cwd, environment }: { cwd: string; environment: Readonly<Record<string, string>> },
): CommandProcess {
  const child = spawn(process.execPath, [LAUNCHER, ...argv], {
    cwd,
    env: { PATH: process.env.PATH, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const out = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      out[name] += text
    })
  const ended = new Promise<Ran>((resolve) =>
    child.on('close', (exit) => resolve({ exit: exit ?? -1, ...out })),
  )

  async function said(text: string): Promise<void> {
    const heard = Promise.withResolvers<void>()
    const listen = () => void (out.stderr.includes(text) && heard.resolve())
    child.stderr?.on('data', listen)
    listen()
    const early = ended.then(({ exit }) => {
      throw new Error(`ended with ${exit} before it said "${text}": ${out.stdout}${out.stderr}`)
    })
    await Promise.race([heard.promise, early]).finally(() => child.stderr?.off('data', listen))
  }

  async function end(signal: 'SIGINT' | 'SIGTERM'): Promise<Ran & { ms: number }> {
    const asked = performance.now()
    child.kill(signal)
    const ran = await ended
    return { ...ran, ms: performance.now() - asked }
  }

  return { child, said, ended, end }
}
