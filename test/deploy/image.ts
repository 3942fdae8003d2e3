import { execFileSync, spawnSync } from 'node:child_process'
import { packageRoot } from '../../src/config/package.ts'

const BASE = 'node:24-bookworm-slim'

/** Runs Docker here, and answers what it printed; its error says what Docker said. */
export function docker(...args: string[]): string {
  return execFileSync('docker', args, { cwd: packageRoot(), encoding: 'utf8', stdio: 'pipe' }).trim()
}

/** The last that a container wrote, and how it is. */
export function toldBy(id: string): string {
  const { stdout, stderr } = spawnSync('docker', ['logs', '--tail', '20', id], { encoding: 'utf8' })
  return [docker('inspect', '-f', '{{json .State}}', id), stdout, stderr].join('\n')
}

/** Why no image can be built here; null when one can. */
export function imageUnavailable(): string | null {
  try {
    docker('info')
  } catch {
    return 'no Docker answers'
  }
  try {
    docker('image', 'inspect', BASE)
    return null
  } catch {
    return `Docker has no ${BASE}`
  }
}

/** Why no port of a container can be published here, in Docker's words; null when one can. */
export function publishingUnavailable(): string | null {
  try {
    docker('run', '--rm', '-p', '3000', BASE, 'true')
    return null
  } catch (error) {
    return String((error as { stderr?: string }).stderr || error).replace(/\n[\s\S]*/, '')
  }
}
