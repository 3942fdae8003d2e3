import { createHmac, timingSafeEqual } from 'node:crypto'

/** What lets somebody ask one release for a streamed reply that costs nothing, and for how long. */
interface StreamPass {
  token: string
  expiresAt: Date
}

/** Life of a pass, in ms; long enough to ask through a slow proxy twice. */
const LIFE_MS = 60_000
const SHAPE = /^([0-9a-z]{1,12})-([\w-]{22})$/

/** Signs and reads the passes of one release. */
export interface StreamPasses {
  make(now: Date): StreamPass
  /** Whether a pass is one of this release, and still good. */
  admits(token: string, now: Date): boolean
}

/**
 * Every process of a release that has the same key takes the passes of the others, and no other release does: so whoever
 * gets an answer knows who gave it.
 */
export function streamPasses(key: string, release: string): StreamPasses {
  // 128 bits: the pass is also part of a socket's path, which ends at 107 bytes.
  const sign = (expires: string) =>
    createHmac('sha256', key)
      .update(`streamed probe of ${release} until ${expires}`)
      .digest('base64url')
      .slice(0, 22)
  return {
    make(now) {
      const expiresAt = new Date(Math.ceil((now.getTime() + LIFE_MS) / 1_000) * 1_000)
      const expires = (expiresAt.getTime() / 1_000).toString(36)
      return { token: `${expires}-${sign(expires)}`, expiresAt }
    },
    admits(token, now) {
      const [, expires = '', signature = ''] = SHAPE.exec(token.slice(0, 100)) ?? []
      const genuine = same(signature, sign(expires))
      return genuine && Number.parseInt(expires, 36) * 1_000 > now.getTime()
    },
  }
}

function same(given: string, right: string): boolean {
  const bytes = Buffer.alloc(right.length)
  bytes.write(given, 'latin1')
  return timingSafeEqual(bytes, Buffer.from(right)) && given.length === right.length
}
