import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The build, as people run it: `npm run test:kill` makes it first. */
const HELIX = fileURLToPath(new URL('../../dist/bin/helix.js', import.meta.url))
const STUB = fileURLToPath(new URL('../upstream/serve.ts', import.meta.url))
const READY_MS = 60_000

/** A process that said it was ready, in its first line on stdout. */
export interface ReadyProcess<T> {
  ready: T
  child: ChildProcess
  /** Ends it as a power cut would, and resolves once it is gone. */
  kill(): Promise<void>
  /** Asks it to end, and resolves to its exit code. */
  stop(): Promise<number | null>
}

export interface Ready {
  url: string
  pid: number
}

/** The sources, for tests that should not need a build. */
export const HELIX_FROM_SOURCE = fileURLToPath(new URL('../../bin/helix.ts', import.meta.url))

/** Starts `helix up` and waits until it is ready. */
export function startUp(
  dataDir: string,
  environment: Record<string, string>,
  helix = HELIX,
): Promise<ReadyProcess<Ready>> {
  const args = [helix, 'up', '--json', '--port', '0', '--data-dir', dataDir]
  return startReady<Ready>(args, { cwd: dataDir, environment: { HELIX_LOG_LEVEL: 'error', ...environment } })
}

/** Starts the strict stub in a process of its own, which outlives the gateways that call it. */
export function startStub(): Promise<ReadyProcess<{ url: string }>> {
  return startReady([STUB, '--port', '0'], { environment: {} })
}

async function startReady<T>(
  args: string[],
  { cwd, environment }: { cwd?: string; environment: Record<string, string> },
): Promise<ReadyProcess<T>> {
  const child = spawn(process.execPath, args, {
    ...(cwd ? { cwd } : {}),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([first]) => String(first)),
    exited.then((code) =>
      Promise.reject(new Error(`${args[1]} ended with ${code} before it was ready:\n${errors}`)),
    ),
    new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`not ready within ${READY_MS} ms:\n${errors}`)), READY_MS).unref(),
    ),
  ])
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return exited
  }
  return {
    ready: JSON.parse(line) as T,
    child,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  }
}
