import { HelixError } from '../../src/errors.ts'

/** Resolves when the process is asked to stop: at the first SIGINT or SIGTERM. */
export function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/**
 * Waits for what another machine has to answer, but no longer than until the process is asked to stop; what comes of
 * it after that is of no interest, for the process ends.
 * @throws HelixError `stopped`, and what `work` throws
 */
export function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const stopped = untilStopped(signal).then(() => {
    throw new HelixError('stopped', 'Stopped before it was up')
  })
  return Promise.race([work, stopped])
}
