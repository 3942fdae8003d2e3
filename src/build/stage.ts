import { chmod, copyFile, cp, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HelixError } from '../errors.ts'
import type { RunProgram } from '../programs.ts'
import { type Platform, placeNode } from './node-binary.ts'
import { neededPackages, prunePackages, readLock } from './packages.ts'
import { type Environment, plainEnvironment } from './surroundings.ts'

/** One artefact in the making. */
export interface Stage {
  /** The checkout. */
  root: string
  /** An empty folder that becomes the artefact. */
  folder: string
  committedAt: Date
  platform: Platform
  /** The surroundings, of which a build sees little. */
  environment: Environment
  /** Name of the environment whose addresses the page is built with. */
  env: string | undefined
  onStep: (step: string) => void
  run: RunProgram
  signal: AbortSignal
}

/** Of the repository, what a gateway reads while it runs. */
const READ_AT_RUN_TIME = ['supabase/migrations', 'supabase/bootstrap', 'docs', 'package.json', 'LICENSE']

/** Makes a gateway that runs on its own: the program, the page it serves, what it depends on, its Node. */
export async function stageGateway(stage: Stage): Promise<{ nodeVersion: string }> {
  const { root, folder, platform, onStep } = stage
  const environment = plainEnvironment(stage.environment, stage.committedAt)
  onStep('compiling')
  const compiled = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')]
  await node(stage, environment, 'typescript/bin/tsc', [...compiled, '--declaration', 'false'])
  await chmod(join(folder, 'dist', 'bin', 'helix.js'), 0o755)
  onStep('building the page')
  await page(stage, environment, ['--mode', 'gateway', '--outDir', join(folder, 'web', 'dist')])
  await dropNotes(join(folder, 'web', 'dist'))
  for (const path of READ_AT_RUN_TIME) {
    await cp(join(root, path), join(folder, path), { recursive: true, filter: isNoSource })
  }
  onStep('installing what it depends on')
  await installPackages(stage, environment)
  onStep('adding Node')
  const target = join(folder, 'bin', 'node')
  return { nodeVersion: await placeNode(root, { platform, target, environment, run: stage.run }) }
}

/** Makes the page for a host that is no gateway, and the status page by itself, with the addresses of the environment. */
export async function stageWeb(stage: Stage): Promise<void> {
  const { folder, committedAt, env, onStep } = stage
  onStep('building the page')
  const plain = plainEnvironment(stage.environment, committedAt)
  // What the page is told comes from the configuration, which reads the environment.
  const environment = { ...stage.environment, ...plain, ...(env ? { HELIX_ENV: env } : {}) }
  await page(stage, environment, ['--outDir', join(folder, 'web')])
  await dropNotes(join(folder, 'web'))
  onStep('building the status page')
  await page(stage, environment, ['--outDir', join(folder, 'status')], 'web/status')
  await dropNotes(join(folder, 'status'))
}

async function page(stage: Stage, environment: Environment, args: string[], folder = 'web'): Promise<void> {
  const vite = ['build', join(stage.root, folder), '--logLevel', 'warn', ...args]
  await node(stage, environment, 'vite/bin/vite.js', vite)
}

/** What Vite keeps for itself. */
function dropNotes(folder: string): Promise<void> {
  return rm(join(folder, '.vite'), { recursive: true, force: true })
}

async function installPackages(stage: Stage, environment: Environment): Promise<void> {
  const { root, folder, platform, run, signal } = stage
  const [os = '', cpu = ''] = platform.split('-')
  await copyFile(join(root, 'package-lock.json'), join(folder, 'package-lock.json'))
  await run({
    program: 'npm',
    args: [
      ...['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--silent'],
      ...[`--os=${os}`, `--cpu=${cpu}`, '--libc=glibc'],
    ],
    ...{ cwd: folder, environment, signal },
  })
  await prunePackages(folder, neededPackages(await readLock(root)))
  await rm(join(folder, 'package-lock.json'))
}

/** Runs a tool of the project's own development dependencies. */
async function node(stage: Stage, environment: Environment, tool: string, args: string[]): Promise<void> {
  const { root, run, signal } = stage
  const [name = ''] = tool.split('/')
  const installed = await readdir(join(root, 'node_modules', name)).catch(() => undefined)
  if (!installed) throw notInstalled(name)
  const program = process.execPath
  await run({
    program,
    args: [join(root, 'node_modules', tool), ...args],
    cwd: root,
    environment,
    signal,
  })
}

/** The folders that are read hold scripts, too, which only a checkout runs. */
function isNoSource(path: string): boolean {
  return !/\.(?:test\.)?ts$/.test(path)
}

function notInstalled(name: string): HelixError {
  return new HelixError('precondition_failed', `${name} is not installed, which builds take`, {
    hint: 'Run npm ci in the checkout.',
    next: ['npm ci'],
  })
}

/** An empty folder at this path, whatever was there. */
export async function emptied(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  return folder
}
