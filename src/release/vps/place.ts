import type { HelixError } from '../../errors.ts'
import { type Host, type RunOptions, runOn } from '../../shell/host.ts'
import type { Script } from '../../shell/script.ts'
import { LOST, type ReleaseLock } from '../lock.ts'
import type { Runner } from './runner.ts'

/** A machine, the folder on it that Helix has for itself, absolute, and how releases run there. */
export interface Place {
  host: Host
  folder: string
  runner: Runner
}

/** A place that is ours to change while we hold its lock. */
export interface HeldPlace extends Place {
  lock: ReleaseLock
}

/**
 * Changes something at a place, unless its lock is no longer ours; resolves to what the script printed.
 * @param what what it is for, as a failure names it: `unpack the release`
 * @param options with a `signal`, what runs there ends when it aborts, or the lock is lost
 * @throws HelixError `host_failed`, `host_timeout`, `host_unreachable`; what the lock aborted with, once it was lost
 */
export async function change(
  { host, lock }: Pick<HeldPlace, 'host' | 'lock'>,
  what: string,
  act: Script,
  options?: RunOptions,
): Promise<string> {
  lock.signal.throwIfAborted()
  const signal = AbortSignal.any([lock.signal, ...(options?.signal ? [options.signal] : [])])
  return runOn(host, what, lock.fenced(act), { ...options, signal }).catch((error: HelixError) => {
    if (error?.details?.exitCode === LOST) lock.lose()
    lock.signal.throwIfAborted()
    throw error
  })
}
