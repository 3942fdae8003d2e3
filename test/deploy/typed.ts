import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { packageRoot } from '../../src/config/package.ts'

export interface Typed {
  code: number | null
  stdout: string
  stderr: string
}

/** Types a command of the built launcher, as a person in `cwd` would; `of` is the checkout it is built of. */
export function type(
  cwd: string,
  args: readonly string[],
  watch?: (stderr: string, child: ChildProcess) => void,
  of = packageRoot(),
) {
  const launcher = join(of, 'dist/bin/helix.js')
  const { PATH, HOME, DOCKER_HOST } = process.env
  const child = spawn(process.execPath, [launcher, ...args, '--env', 'production'], {
    cwd,
    env: { PATH, HOME, NO_COLOR: '1', ...(DOCKER_HOST && { DOCKER_HOST }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
      if (name === 'stderr') watch?.(said.stderr, child)
    })
  return once(child, 'close').then(([code]): Typed => ({ code, ...said }))
}
