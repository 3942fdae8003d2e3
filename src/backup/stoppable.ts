import { HelixError } from '../errors.ts'
import type { Destination } from './destinations/destination.ts'

/** For how long work that was told to stop may still tidy up, in ms. */
const GRACE_MS = 3_000

/** @throws HelixError `stopped` once the signal said to stop */
export function assertGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw stopped()
}

/**
 * What comes of work that may wait for a network: once the signal says to stop, nobody waits much longer for it.
 * @throws HelixError `stopped`
 */
export async function notForLong<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const late = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    timer = setTimeout(() => late.reject(stopped()), GRACE_MS)
  }
  if (signal?.aborted) stop()
  else signal?.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

function stopped(): HelixError {
  return new HelixError('stopped', 'It was stopped before it was done')
}

/** The same pieces, until the signal says to stop. @throws HelixError `stopped` */
export async function* stoppable<T>(
  pieces: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  assertGoing(signal)
  for await (const piece of pieces) {
    assertGoing(signal)
    yield piece
  }
}

/** The same place to read from, until the signal says to stop. */
export function stoppableFrom(
  destination: Pick<Destination, 'get'>,
  signal: AbortSignal | undefined,
): Pick<Destination, 'get'> {
  return { get: (name) => stoppable(destination.get(name), signal) }
}
