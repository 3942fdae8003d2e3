import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../config/secret.ts'

const PREFIX = 'hxl_'
const SHAPE = /^hxl_([0-9a-f]{32})([rs])([0-9a-z]{1,12})\.([\w-]{43})$/
const LONGEST = 200

/** What the gateway has signed about somebody who takes part in a load test. */
export interface TestPass {
  userId: string
  /** Whether their replies are simulated, also where Claude would be asked. */
  simulated: boolean
  expiresAt: Date
}

export type TestPasses = ReturnType<typeof createTestPasses>

/**
 * Signs and reads the passes of the throw-away people of load tests. Every gateway that has the same secret takes the
 * passes of the others; nothing is kept of them.
 */
export function createTestPasses(secret: Secret) {
  const key = Buffer.from(hkdfSync('sha256', secret.reveal(), '', 'helix passes of load tests', 32))
  const sign = (text: string) =>
    createHmac('sha256', key).update(`pass of a load test: ${text}`).digest('base64url')

  return {
    make({ userId, simulated, expiresAt }: TestPass): string {
      const expires = Math.floor(expiresAt.getTime() / 1_000).toString(36)
      const text = `${userId.replaceAll('-', '')}${simulated ? 's' : 'r'}${expires}`
      return `${PREFIX}${text}.${sign(text)}`
    },

    /** What a pass says; undefined for what is none of ours, and for one that has ended. */
    read(token: string, now: Date): TestPass | undefined {
      const [, id = '', kind, expires = '', signature = ''] =
        SHAPE.exec(token.length <= LONGEST ? token : '') ?? []
      const genuine = same(signature, sign(`${id}${kind}${expires}`))
      const expiresAt = new Date(Number.parseInt(expires, 36) * 1_000)
      if (!genuine || !(expiresAt > now)) return undefined
      return { userId: asUuid(id), simulated: kind === 's', expiresAt }
    },
  }
}

function asUuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function same(given: string, right: string): boolean {
  const bytes = Buffer.alloc(Buffer.byteLength(right))
  bytes.write(given)
  return timingSafeEqual(bytes, Buffer.from(right)) && given.length === right.length
}
