import { type ExecFileSyncOptions, execFileSync, spawn } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'

const SERVERS = '/usr/lib/postgresql'
const LOGIN = 'helix'

/** The newest PostgreSQL installed here, as the folder of its programs; undefined when there is none. */
export function serverPrograms(): string | undefined {
  if (!existsSync(SERVERS)) return undefined
  return readdirSync(SERVERS)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(SERVERS, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')))
}

/**
 * Starts a temporary cluster, one for all test files of a run, that ends with the run's main process. Resolves
 * to the address of its maintenance database, for a login that is no superuser.
 */
export async function startCluster(programs: string): Promise<string> {
  const runner = process.send ? process.ppid : process.pid
  const shared = join(tmpdir(), `helix-test-postgres-${runner}`)
  const address = join(shared, 'address')
  if (claim(shared)) writeFileSync(address, await start(programs, runner))
  for (let tries = 0; !existsSync(address) || readFileSync(address, 'utf8') === ''; tries += 1) {
    if (tries > 600) throw new Error(`The test cluster in ${shared} did not come up`)
    await sleep(100)
  }
  return readFileSync(address, 'utf8')
}

/** Whether this process is the one that makes the folder, and so the cluster. */
function claim(folder: string): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch {
    return false
  }
}

async function start(programs: string, runner: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'helix-pg-'))
  const data = join(folder, 'data')
  const port = await freePort()
  const account = process.getuid?.() === 0 ? 'postgres' : undefined
  if (account) chownSync(folder, accountId('-u', account), accountId('-g', account))
  runAs(account, join(programs, 'initdb'), [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
  ])
  const settings = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=on -c max_connections=200`
  runAs(account, join(programs, 'pg_ctl'), [
    '-D',
    data,
    '-w',
    '-l',
    join(folder, 'log'),
    '-o',
    settings,
    'start',
  ])
  stopWith(runner, folder, data)
  runAs(account, join(programs, 'psql'), [
    ...['-h', folder, '-p', String(port), '-U', 'postgres', '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-q'],
    ...[
      '-c',
      `create role ${LOGIN} login createdb createrole`,
      '-c',
      `create database ${LOGIN} owner ${LOGIN}`,
    ],
  ])
  return `postgres://${LOGIN}@127.0.0.1:${port}/${LOGIN}`
}

function accountId(flag: '-u' | '-g', account: string): number {
  return Number(execFileSync('id', [flag, account], { encoding: 'utf8' }))
}

/** PostgreSQL refuses to run as root, so root runs its programs as the server's own account. */
function runAs(account: string | undefined, program: string, args: string[]): void {
  const asAccount = account ? { uid: accountId('-u', account), gid: accountId('-g', account) } : {}
  const options: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'pipe'], cwd: tmpdir(), ...asAccount }
  execFileSync(program, args, options)
}

/** A watcher of its own stops the cluster once the test run is over, however that ended. */
function stopWith(runner: number, folder: string, data: string): void {
  const shared = join(tmpdir(), `helix-test-postgres-${runner}`)
  const script = `while kill -0 "$0" 2>/dev/null; do sleep 1; done
rm -rf "$1"; kill -QUIT "$(head -n 1 "$2/postmaster.pid")"; sleep 1; rm -rf "$3"`
  const watcher = spawn('sh', ['-c', script, String(runner), shared, data, folder], {
    detached: true,
    stdio: 'ignore',
    cwd: tmpdir(),
  })
  watcher.unref()
}
