import type { MiddlewareHandler } from 'hono'
import { cutOff } from '../body.ts'
import type { Turnstile } from '../turnstile.ts'

/** How much of a body that is too long is still read, in bytes: many clients hear an answer only after sending all. */
const MOST_DISCARDED = 16 * 1024 * 1024
/** A body up to this length is kept without a second thought, in bytes. */
const SMALL = 64 * 1024

/**
 * Lets bodies of at most `most` bytes pass; for a longer one `refuse` throws, once the rest is out of the way.
 *
 * @param inTurn where people are signed in: lets a few large bodies of each person in at a time. However many are
 *   sent, and however slowly, no more are held in memory; the others are read once one is whole.
 */
export function limitBody(most: number, refuse: () => never, inTurn?: Turnstile): MiddlewareHandler {
  return async function limitBody(c, next) {
    if (lengthOf(c.req) <= (inTurn ? SMALL : most)) return next()
    const leave = await inTurn?.enter(c.get('person').userId)
    const body = await readAtMost(c.req.raw.body, most).catch(cutOff).finally(leave)
    if (body === undefined) refuse()
    c.req.raw = new Request(c.req.raw, { body })
    return next()
  }
}

/** In bytes, as the caller says; a body in chunks may have any length. */
function lengthOf(req: { header(name: string): string | undefined }): number {
  if (req.header('transfer-encoding') !== undefined) return Number.POSITIVE_INFINITY
  return Number(req.header('content-length') ?? 0)
}

/** The whole body, or undefined when it is longer than `most` bytes. */
async function readAtMost(
  body: ReadableStream<Uint8Array> | null,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const kept: Uint8Array[] = []
  let size = 0
  for await (const piece of body ?? []) {
    size += piece.byteLength
    if (size > MOST_DISCARDED) return undefined
    if (size <= most) kept.push(piece)
  }
  return size <= most ? Buffer.concat(kept) : undefined
}
