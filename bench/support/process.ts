import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const READY_MS = 60_000

export interface Program {
  args: readonly string[]
  cwd?: string
  environment?: Record<string, string>
}

/** A process that said, with a JSON line on stdout, that it is ready. */
export interface Ready<T> {
  ready: T
  child: ChildProcess
  /** Asks it to end, and resolves once it has. */
  stop(): Promise<void>
}

/** Starts a Node program and resolves with the first line it prints, parsed. */
export async function startReady<T>({ args, cwd, environment = {} }: Program): Promise<Ready<T>> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, args, {
    ...(cwd ? { cwd } : {}),
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4_000)
  })
  const exited = once(child, 'exit')
  const ended = exited.then(([code]) => {
    throw new Error(`${args.join(' ')} ended with ${code} before it was ready:\n${errors}`)
  })
  ended.catch(() => {})
  const late = AbortSignal.timeout(READY_MS)
  const line = once(createInterface(child.stdout), 'line', { signal: late }).then(([first]) => String(first))
  const ready = JSON.parse(await Promise.race([line, ended])) as T
  child.stdout.resume()
  return {
    ready,
    child,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
