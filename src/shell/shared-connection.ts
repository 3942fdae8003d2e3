import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProcess } from './process.ts'

/** Where and as whom to sign in; what is left out comes from the person's own SSH configuration. */
export interface SshDestination {
  /** `deploy@vps.example.com`, or an alias of the SSH configuration. */
  host: string
  port?: number
  identityFile?: string
  /** Host keys trusted beside the person's own. */
  knownHostsFile?: string
}

/** A connection that every `ssh` with its options shares. */
interface SharedConnection {
  options: readonly string[]
  /** Ends it with all that still goes through it. */
  close(): Promise<void>
}

/** How long it may take to close, in ms. One that does not answer ends by itself, once it is idle. */
const CLOSING_MS = 3_000
/** The same where the process is about to end, and nobody can wait. */
const CLOSING_AT_EXIT_MS = 1_000

/** Makes the options of a connection, which begins with the first `ssh` that has them and ends at the latest with this process. */
export async function sharedConnection(destination: SshDestination): Promise<SharedConnection> {
  // A socket's path ends at 107 bytes, so not in a deep temporary directory of somebody's choice.
  const folder = await mkdtemp(join(process.platform === 'win32' ? tmpdir() : '/tmp', 'helix-ssh-'))
  const options = optionsOf(destination, join(folder, 'c'))
  const exit = [...options, '-O', 'exit', destination.host]
  const closeAtOnce = () => {
    spawnSync('ssh', exit, { timeout: CLOSING_AT_EXIT_MS, stdio: 'ignore' })
    rmSync(folder, { recursive: true, force: true })
  }
  // Also where somebody ends this process at once.
  process.once('exit', closeAtOnce)
  return {
    options,
    async close() {
      await runProcess('ssh', exit, { timeoutMs: CLOSING_MS, endingMs: 0 }).catch(() => {})
      await rm(folder, { recursive: true, force: true })
      process.off('exit', closeAtOnce)
    },
  }
}

function optionsOf({ port, identityFile, knownHostsFile }: SshDestination, socket: string): string[] {
  const set = (name: string, value: string | number) => ['-o', `${name}=${value}`]
  return [
    '-T',
    ...set('BatchMode', 'yes'),
    ...set('ControlMaster', 'auto'),
    ...set('ControlPath', socket),
    ...set('ControlPersist', 60),
    ...set('ConnectTimeout', 10),
    // A link that is cut is noticed within 15 s.
    ...set('ServerAliveInterval', 5),
    ...set('ServerAliveCountMax', 3),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(identityFile === undefined ? [] : [...set('IdentitiesOnly', 'yes'), '-i', identityFile]),
    ...(knownHostsFile === undefined ? [] : set('UserKnownHostsFile', knownHostsFile)),
  ]
}
