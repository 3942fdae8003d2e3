import { type ExecFileSyncOptions, execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverPrograms } from '../support/cluster.ts'
import { freePort } from '../support/free-port.ts'

/** A PostgreSQL server of one's own, to be hurt. It knows when each transaction was committed. */
export interface HurtServer {
  /** For a login that is no superuser. */
  url: string
  /** For whoever may end other people's connections. */
  superUrl: string
  /** Ends it as a power cut would, and starts it again `downMs` later. */
  crash(downMs: number): Promise<void>
  stop(): void
}

/** Starts one. @throws Error where PostgreSQL is not installed */
export async function startServer(): Promise<HurtServer> {
  const programs = serverPrograms()
  if (!programs) throw new Error('PostgreSQL is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'helix-hurt-'))
  const data = join(folder, 'data')
  const port = await freePort()
  const account = process.getuid?.() === 0 ? 'postgres' : undefined
  const run = (program: string, ...args: string[]) => {
    const as = account && { uid: accountId('-u', account), gid: accountId('-g', account) }
    const options: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'pipe'], cwd: tmpdir(), ...as }
    execFileSync(join(programs, program), args, options)
  }
  if (account) chownSync(folder, accountId('-u', account), accountId('-g', account))
  run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8')
  const settings = ['listen_addresses=127.0.0.1', 'max_connections=200', 'track_commit_timestamp=on']
  const flags = [`-p ${port} -k ${folder}`, ...settings.map((setting) => `-c ${setting}`)].join(' ')
  const start = () => run('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', flags, 'start')
  const stop = () => run('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop')
  start()
  const login = ['-h', folder, '-p', String(port), '-U', 'postgres', '-d', 'postgres', '-q']
  for (const statement of [
    'create role helix login createdb createrole',
    'create database helix owner helix',
  ])
    run('psql', ...login, '-v', 'ON_ERROR_STOP=1', '-c', statement)
  return {
    url: `postgres://helix@127.0.0.1:${port}/helix`,
    superUrl: `postgres://postgres@127.0.0.1:${port}/helix`,
    async crash(downMs) {
      stop()
      await new Promise((resolve) => setTimeout(resolve, downMs))
      start()
    },
    stop() {
      stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function accountId(flag: '-u' | '-g', account: string): number {
  return Number(execFileSync('id', [flag, account], { encoding: 'utf8' }))
}
