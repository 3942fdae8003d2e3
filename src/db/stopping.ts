import { HelixError } from '../errors.ts'
import type { BulkTransaction } from './database.ts'

/** For how long work that was told to stop may still tidy up, in ms. */
const GRACE_MS = 3_000

/** The failure of work that somebody stopped. */
export function stopped(cause?: unknown): HelixError {
  return new HelixError('stopped', 'It was stopped before it was done', { cause })
}

/** @throws HelixError `stopped` once the signal said to stop */
function assertGoing(signal: AbortSignal | undefined): void {
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

/**
 * Runs `work` in a transaction that begins nothing more once the signal says to stop, its commit included.
 * @throws HelixError `stopped`
 */
export async function whileGoing<T>(
  tx: BulkTransaction,
  work: (tx: BulkTransaction) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  assertGoing(signal)
  const result = await work(signal ? stoppableTransaction(tx, signal) : tx)
  assertGoing(signal)
  return result
}

function stoppableTransaction(tx: BulkTransaction, signal: AbortSignal): BulkTransaction {
  return {
    async query(...asked) {
      assertGoing(signal)
      return tx.query(...asked)
    },
    async script(sql) {
      assertGoing(signal)
      return tx.script(sql)
    },
    copyOut: (source) => stoppable(tx.copyOut(source), signal),
    async copyIn(target, bytes) {
      assertGoing(signal)
      return tx.copyIn(target, bytes)
    },
  }
}
