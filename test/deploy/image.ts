import { execFileSync } from 'node:child_process'
import { packageRoot } from '../../src/config/package.ts'

const BASE = 'node:24-bookworm-slim'

/** Runs Docker here, and answers what it printed. */
export function docker(...args: string[]): string {
  return execFileSync('docker', args, {
    cwd: packageRoot(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
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
