import { globSync, readFileSync, statSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../src/config/package.ts'
import type { Resources } from '../../src/resources.ts'
import { createDatabase } from '../../test/support/postgres.ts'
import { type Ready, startReady } from './process.ts'

export interface BenchGateway {
  url: string
  pid: number
  databaseUrl: string
  dataDir: string
}

/**
 * The built launcher.
 * @throws Error when it is missing or older than what it is built from
 */
export function builtLauncher(): string {
  const root = packageRoot()
  const launcher = join(root, 'dist/bin/helix.js')
  const built = statSync(launcher, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const sources = globSync('{bin,commands,src,gateway}/**/*.ts', { cwd: root })
  const newest = Math.max(...sources.map((file) => statSync(join(root, file)).mtimeMs))
  if (built < newest) throw new Error('dist/ is older than its sources: run `npm run build` first')
  return launcher
}

/** A new directory that is removed when `resources` are closed. */
export async function temporaryDirectory(resources: Resources): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'helix-bench-'))
  return resources.keep(directory, () => rm(directory, { recursive: true, force: true }))
}

/**
 * Starts `helix gateway start` on a new, migrated PostgreSQL database, or on that of the gateway `beside` and with its
 * keys; `upstream` is in Claude's place.
 */
export async function startHelix(
  resources: Resources,
  upstream: string,
  { beside, environment = {} }: { beside?: BenchGateway; environment?: Record<string, string> } = {},
): Promise<BenchGateway> {
  const launcher = builtLauncher()
  const cwd = await temporaryDirectory(resources)
  const dataDir = join(cwd, 'data')
  const url = beside?.databaseUrl ?? (await newDatabase(resources))
  if (beside) {
    await mkdir(dataDir)
    await copyFile(join(beside.dataDir, 'keys.json'), join(dataDir, 'keys.json'))
  }
  const program = {
    args: [...nodeOptions(), launcher, 'gateway', 'start', '--json', '--port', '0', '--host', '127.0.0.1'],
    cwd,
    environment: {
      NODE_ENV: 'production',
      HELIX_DATA_DIR: dataDir,
      DATABASE_URL: url,
      CLAUDE_API_KEY: 'no-key-needed',
      ANTHROPIC_BASE_URL: upstream,
      ...environment,
    },
  }
  const gateway: Ready<{ url: string; pid: number }> = await startReady(program)
  resources.keep(gateway, (running) => running.stop())
  return { ...gateway.ready, databaseUrl: url, dataDir }
}

async function newDatabase(resources: Resources): Promise<string> {
  const { url } = resources.keep(await createDatabase({ migrated: true }), ({ drop }) => drop())
  return url
}

/**
 * Options for the gateway's Node: those of `npm start`, and more, as for a profile:
 * `HELIX_BENCH_NODE_OPTIONS="--cpu-prof --cpu-prof-dir=/tmp/p"`.
 */
function nodeOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))
  const [, ofStart = ''] = /^exec node (.*)dist\/bin\/helix\.js start$/.exec(scripts.start) ?? []
  return `${ofStart} ${process.env.HELIX_BENCH_NODE_OPTIONS ?? ''}`.split(' ').filter(Boolean)
}
