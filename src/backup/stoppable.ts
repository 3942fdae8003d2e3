import { stoppable } from '../db/stopping.ts'
import type { Destination } from './destinations/destination.ts'

/** The same place to read from, until the signal says to stop. */
export function stoppableFrom(
  destination: Pick<Destination, 'get'>,
  signal: AbortSignal | undefined,
): Pick<Destination, 'get'> {
  return { get: (name) => stoppable(destination.get(name), signal) }
}
