import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { packageRoot } from '../../src/config/package.ts'

export interface Typed {
  code: number | null
  stdout: string
  stderr: string
}

/** Where a command is typed. */
export interface Desk {
  /** The checkout it is built of. */
  of?: string
  /** A file of names and addresses that are known there, in place of /etc/hosts. */
  hosts?: string
  /** A file of certificates that are trusted there besides. */
  trusted?: string
  environment?: Readonly<Record<string, string>>
}

/** Has a program see another file in place of /etc/hosts. */
const WITH_HOSTS = 'mount --bind "$1" /etc/hosts && shift && exec "$@"'

/** Types a command of the built launcher, as a person in `cwd` would. */
export function type(
  cwd: string,
  args: readonly string[],
  watch?: (stderr: string, child: ChildProcess) => void,
  { of = packageRoot(), hosts, trusted, environment }: Desk = {},
) {
  const line = [process.execPath, join(of, 'dist/bin/helix.js'), ...args, '--env', 'production']
  const [program = '', ...words] = hosts
    ? ['unshare', '--mount', 'sh', '-c', WITH_HOSTS, 'sh', hosts, ...line]
    : line
  const { PATH, HOME, DOCKER_HOST } = process.env
  const child = spawn(program, words, {
    cwd,
    env: {
      ...{ PATH, HOME, NO_COLOR: '1' },
      ...(DOCKER_HOST && { DOCKER_HOST }),
      ...(trusted && { NODE_EXTRA_CA_CERTS: trusted }),
      ...environment,
    },
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
