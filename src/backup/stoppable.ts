import { HelixError } from '../errors.ts'

/** The same bytes, until the signal says to stop. @throws HelixError `stopped` */
export async function* stoppable(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    if (signal?.aborted) throw new HelixError('stopped', 'It was stopped before it was done')
    yield piece
  }
}
