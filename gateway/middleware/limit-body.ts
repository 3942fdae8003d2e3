import type { MiddlewareHandler } from 'hono'
import { cutOff } from '../body.ts'

/** How much of a body that is too long is still read, in bytes: many clients hear an answer only after sending all. */
const MOST_DISCARDED = 16 * 1024 * 1024

/** Lets bodies of at most `most` bytes pass; for a longer one `refuse` throws, once the rest is out of the way. */
export function limitBody(most: number, refuse: () => never): MiddlewareHandler {
  return async function limitBody(c, next) {
    const chunked = c.req.header('transfer-encoding') !== undefined
    if (!chunked && Number(c.req.header('content-length') ?? 0) <= most) return next()
    const body = await readAtMost(c.req.raw.body, most).catch(cutOff)
    if (body === undefined) refuse()
    c.req.raw = new Request(c.req.raw, { body })
    return next()
  }
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
