import { assertGoing } from '../db/stopping.ts'
import type { Destination } from './destinations/destination.ts'

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
