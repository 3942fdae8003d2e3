import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pick, type Random } from '../../src/audit/generate.case.ts'

const HELIX = fileURLToPath(new URL('../../bin/helix.ts', import.meta.url))
const READY_MS = 120_000

interface Running {
  url: string
  /** What it said last, where it ended without being asked to. */
  died(): string | undefined
  kill(signal: NodeJS.Signals): Promise<void>
}

/** Several gateways over one database. */
export interface Fleet {
  /** Where those answer that run. */
  urls(): readonly string[]
  /** The last words of gateways that ended by themselves. */
  deaths(): readonly string[]
  /** Ends one with kill -9 and starts another in its place. */
  killOne(random: Random): Promise<void>
  stop(): Promise<void>
}

/** Starts `count` of them in one project. */
export async function startFleet(
  count: number,
  home: string,
  environment: Record<string, string>,
): Promise<Fleet> {
  let running: Running[] = []
  for (let index = 0; index < count; index += 1) running.push(await startOne(home, environment))
  return {
    urls: () => running.map(({ url }) => url),
    deaths: () => running.flatMap((one) => one.died() ?? []),
    async killOne(random) {
      const victim = pick(random, running)
      running = running.filter((one) => one !== victim)
      await victim.kill('SIGKILL')
      running.push(await startAgain(home, environment))
    },
    stop: async () => void (await Promise.all(running.map((one) => one.kill('SIGTERM')))),
  }
}

/** A start that meets a database in recovery fails, as it should; a process manager tries again, and so does this. */
async function startAgain(home: string, environment: Record<string, string>, tries = 5): Promise<Running> {
  return startOne(home, environment).catch(async (failure: unknown) => {
    if (tries === 0) throw failure
    await sleep(500)
    return startAgain(home, environment, tries - 1)
  })
}

async function startOne(home: string, environment: Record<string, string>): Promise<Running> {
  const { PATH, HOME } = process.env
  const args = [HELIX, 'gateway', 'start', '--host', '127.0.0.1', '--port', '0']
  const child = spawn(process.execPath, args, {
    cwd: home,
    env: { PATH, HOME, HELIX_LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-4_000)
  })
  const gone = once(child, 'exit')
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([first]) => String(first)),
    gone.then(() => Promise.reject(new Error(`A gateway ended before it was ready:\n${said}`))),
    new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`A gateway was not ready:\n${said}`)), READY_MS).unref(),
    ),
  ])
  return {
    url: (JSON.parse(line) as { url: string }).url,
    died: () => (child.exitCode === null && child.signalCode === null ? undefined : said),
    async kill(signal) {
      child.kill(signal)
      await gone
    },
  }
}
