import { HelixError } from '../errors.ts'
import type { Destination } from './destinations/destination.ts'

/** @throws HelixError `stopped` once the signal said to stop */
export function assertGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new HelixError('stopped', 'It was stopped before it was done')
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
