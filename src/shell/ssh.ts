import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HelixError } from '../errors.ts'
import { safeText } from '../ui/safe-text.ts'
import { endMarked } from './end.ts'
import type { Host, Ran, RunOptions } from './host.ts'
import { connectThrough, runProcess, TIMEOUT_MS } from './process.ts'
import { commandLine, type Script } from './script.ts'
import { type LineHost, streamLines } from './stream.ts'

/** Where and as whom to sign in; what is left out comes from the person's own SSH configuration. */
export interface SshDestination {
  /** `deploy@vps.example.com`, or an alias of the SSH configuration. */
  host: string
  port?: number
  identityFile?: string
  /** Host keys trusted beside the person's own. */
  knownHostsFile?: string
}

/** What ssh itself exits with when it could not connect, or the connection broke. */
const SSH_FAILED = 255
/** How long to try to end a script there; what cannot be reached ends with its connection, or not at all. */
const ENDING_MS = 20_000
/** How long the shared connection may take to close, in ms. One that does not answer ends by itself, once it is idle. */
const CLOSING_MS = 3_000

/**
 * Another machine, through the system's `ssh`: its agent, jump hosts and known hosts are the person's own. All scripts
 * share one connection. Never asks anything: a host key that is not known, or a key with a passphrase and no agent, is
 * a failure. A script whose signal aborts, or that is out of time, has ended there once `run` settles.
 */
export async function sshHost(destination: SshDestination): Promise<Host & LineHost> {
  // A socket's path ends at 107 bytes, so not in a deep temporary directory of somebody's choice.
  const folder = await mkdtemp(join(process.platform === 'win32' ? tmpdir() : '/tmp', 'helix-ssh-'))
  const options = optionsOf(destination, join(folder, 'c'))
  const typed = (script: Script, name?: string) => [...options, destination.host, commandLine(script, name)]

  /**
   * Without a terminal, what runs there does not notice that we have gone; and as long as it runs, the shared
   * connection keeps its output open. It may also be about to begin, so this goes on until it is over.
   */
  async function endThere(mark: string, over: AbortSignal): Promise<void> {
    const until = performance.now() + ENDING_MS
    while (!over.aborted && performance.now() < until) {
      await runProcess('ssh', typed(endMarked(mark)), { timeoutMs: ENDING_MS }).catch(() => {})
      await sleep(200, undefined, { signal: over }).catch(() => {})
    }
  }

  async function run(script: Script, given: RunOptions = {}): Promise<Ran> {
    const { signal, timeoutMs = TIMEOUT_MS } = given
    signal?.throwIfAborted()
    const mark = randomUUID()
    const over = new AbortController()
    const end = () => void endThere(mark, over.signal)
    const timer = setTimeout(end, timeoutMs)
    signal?.addEventListener('abort', end, { once: true })
    try {
      const ran = await runProcess('ssh', typed(script, `helix-${mark}`), given)
      if (ran.code === SSH_FAILED) throw unreachable(destination, ran)
      return ran
    } catch (thrown) {
      throw codeOfSystem(thrown) === 'ENOENT' ? sshMissing(thrown) : thrown
    } finally {
      over.abort()
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
    }
  }

  return {
    name: destination.host,
    run,
    connect: (port) => connectThrough('ssh', [...options, '-W', `127.0.0.1:${port}`, destination.host]),
    lines: (script, signal) => streamLines({ name: destination.host }, 'ssh', typed(script), { signal }),
    async close() {
      const exit = [...options, '-O', 'exit', destination.host]
      await runProcess('ssh', exit, { timeoutMs: CLOSING_MS }).catch(() => {})
      await rm(folder, { recursive: true, force: true })
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

function unreachable({ host }: SshDestination, { stderr }: Ran): HelixError {
  return new HelixError('host_unreachable', `${host} cannot be reached over SSH`, {
    hint: `ssh said: ${safeText(stderr.trim().slice(-500)) || 'nothing'}. Try: ssh ${host}`,
    details: { host },
  })
}

function codeOfSystem(thrown: unknown): string | undefined {
  return thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined
}

function sshMissing(cause: unknown): HelixError {
  return new HelixError('precondition_failed', 'There is no `ssh` on this machine', {
    hint: 'Install OpenSSH’s client, and try again.',
    cause,
  })
}
