import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { HelixError } from '../errors.ts'
import { safeText } from '../ui/safe-text.ts'
import { endMarked } from './end.ts'
import { type Host, type Ran, type RunOptions, timedOut } from './host.ts'
import { LIMIT_MS } from './limits.ts'
import { connectThrough, runProcess } from './process.ts'
import { commandLine, type Script } from './script.ts'
import { type SshDestination, sharedConnection } from './shared-connection.ts'
import { type LineHost, streamLines } from './stream.ts'

/** What ssh itself exits with when it could not connect, or the connection broke. */
const SSH_FAILED = 255
/** How long to try to end a script there, in ms; then it is left alone. */
const ENDING_MS = 20_000
/** How long an attempt at that may hold its output once time is up, in ms. */
const ATTEMPT_ENDING_MS = 1_000

/**
 * Another machine, through the system's `ssh`: its agent, jump hosts and known hosts are the person's own. All scripts
 * share one connection. Never asks anything: a host key that is not known, or a key with a passphrase and no agent, is
 * a failure. A script whose signal aborts, or that is out of time, has ended there once `run` settles, or this was tried
 * in vain.
 */
export async function sshHost(
  destination: SshDestination,
  { endingMs = ENDING_MS } = {},
): Promise<Host & LineHost> {
  const { host: name } = destination
  const { options, close } = await sharedConnection(destination)
  const typed = (script: Script, as?: string) => [...options, name, commandLine(script, as)]

  async function run(script: Script, given: RunOptions = {}): Promise<Ran> {
    const { signal, timeoutMs = LIMIT_MS.act } = given
    signal?.throwIfAborted()
    const mark = randomUUID()
    const over = new AbortController()
    let ending: Promise<boolean> | undefined
    const end = () => {
      ending ??= endThere((act, options) => runProcess('ssh', typed(act), options), {
        mark,
        over: over.signal,
        endingMs,
      })
    }
    const timer = setTimeout(end, timeoutMs)
    signal?.addEventListener('abort', end, { once: true })
    try {
      const process = runProcess('ssh', typed(script, `helix-${mark}`), { ...given, endingMs })
      const ran = await process.finally(() => over.abort())
      if (ran.late) {
        const ended = !ran.held && (await ending) === true
        throw timedOut({ name }, given, { ended, look: `ssh ${name} pgrep -fa helix-${mark}` })
      }
      if (ran.code === SSH_FAILED) throw unreachable(destination, ran)
      return ran
    } catch (thrown) {
      throw codeOfSystem(thrown) === 'ENOENT' ? sshMissing(thrown) : thrown
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      await ending
    }
  }

  return {
    name,
    run,
    connect: (port) => connectThrough('ssh', [...options, '-W', `127.0.0.1:${port}`, name]),
    lines: (script, signal) => streamLines({ name }, 'ssh', typed(script), { signal }),
    close,
  }
}

/**
 * Ends a script there; resolves to whether it is known to have ended. Without a terminal, what runs there does not notice
 * that we have gone; and as long as it runs, the shared connection keeps its output open. It may also be about to begin,
 * so this goes on until it is over here, and looks once more then.
 */
async function endThere(
  runThere: (act: Script, options: Parameters<typeof runProcess>[2]) => ReturnType<typeof runProcess>,
  { mark, over, endingMs }: { mark: string; over: AbortSignal; endingMs: number },
): Promise<boolean> {
  const enough = AbortSignal.timeout(endingMs)
  while (!enough.aborted) {
    const isOver = over.aborted
    const ended = await runThere(endMarked(mark), { signal: enough, endingMs: ATTEMPT_ENDING_MS }).then(
      (ran) => !ran.late && ran.code === 0,
      () => false,
    )
    if (isOver && ended) return true
    await sleep(200, undefined, { signal: isOver ? enough : over }).catch(() => {})
  }
  return false
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
