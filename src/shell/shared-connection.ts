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
  const forget = atExit(() => {
    spawnSync('ssh', exit, { timeout: CLOSING_AT_EXIT_MS, stdio: 'ignore' })
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    options,
    async close() {
      await runProcess('ssh', exit, { timeoutMs: CLOSING_MS, endingMs: 0 }).catch(() => {})
      await rm(folder, { recursive: true, force: true })
      forget()
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

/** What is left to do when this process ends, also where somebody ends it at once. */
const leftToDo = new Set<() => void>()

/** @returns to be called once it is done */
function atExit(act: () => void): () => void {
  if (leftToDo.size === 0) process.on('exit', doWhatIsLeft)
  leftToDo.add(act)
  return () => {
    leftToDo.delete(act)
    if (leftToDo.size === 0) process.off('exit', doWhatIsLeft)
  }
}

function doWhatIsLeft(): void {
  for (const act of leftToDo) act()
}
