import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../../src/config/package.ts'

const ROOT = packageRoot()
const BUILT = join(ROOT, 'web/dist/index.html')
const SOURCES = [
  'web/src',
  'web/build',
  'web/worker',
  'web/public',
  'web/index.html',
  'web/vite.config.ts',
  'src/client',
  'src/web',
]

/** Builds the page before the tests where it is older than its sources, so that none looks at another page. */
export function setup(): void {
  const built = statSync(BUILT, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (SOURCES.every((source) => newestIn(join(ROOT, source)) <= built)) return
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js')
  execFileSync(process.execPath, [vite, 'build', 'web', '--mode', 'gateway', '--logLevel', 'warn'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

function newestIn(path: string): number {
  const found = statSync(path)
  if (!found.isDirectory()) return found.mtimeMs
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}
