import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { HelixError } from '../errors.ts'
import type { RunProgram } from '../programs.ts'
import { readLock } from './packages.ts'
import type { Environment } from './surroundings.ts'

/** Systems that gateways are built for, as the packages of their Node are named. */
export const PLATFORMS = ['linux-x64', 'linux-arm64'] as const
export type Platform = (typeof PLATFORMS)[number]

interface Wanted {
  platform: Platform
  target: string
  environment: Environment
  run: RunProgram
}

/**
 * Puts the Node that the project is pinned to at `target`: the one installed with it where that is of the platform,
 * else that of the npm package `node-<platform>`. Resolves to its version.
 * @throws HelixError `program_failed`, `precondition_failed`
 */
export async function placeNode(root: string, wanted: Wanted): Promise<string> {
  const { platform, target } = wanted
  const version = (await readLock(root)).packages['node_modules/node']?.version
  if (version === undefined) throw unpinned()
  await mkdir(dirname(target), { recursive: true })
  const installed = join(root, 'node_modules', 'node', 'bin', 'node')
  if (`${process.platform}-${process.arch}` === platform && (await saysItIs(installed, version, wanted))) {
    await copyFile(installed, target)
  } else await fetchNode(`node-${platform}@${version}`, wanted)
  return version
}

async function saysItIs(program: string, version: string, { environment, run }: Wanted): Promise<boolean> {
  const said = await run({ program, args: ['--version'], cwd: dirname(program), environment }).catch(() => '')
  return said.trim() === `v${version}`
}

async function fetchNode(wanted: string, { target, environment, run }: Wanted): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'helix-node-'))
  try {
    const args = ['pack', wanted, '--silent', '--pack-destination', folder]
    const packed = (await run({ program: 'npm', args, cwd: folder, environment })).trim()
    const unpack = ['-xzf', join(folder, packed), '-C', folder, 'package/bin/node']
    await run({ program: 'tar', args: unpack, cwd: folder, environment })
    await copyFile(join(folder, 'package', 'bin', 'node'), target)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function unpinned(): HelixError {
  return new HelixError('precondition_failed', 'package-lock.json pins no Node', {
    hint: 'Have `node` among the devDependencies, and run npm install.',
  })
}
