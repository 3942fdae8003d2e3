import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Setting } from './setting.ts'

const PREFIX = 'hxm_'
const SHAPE = /^hxm_([0-9a-z]{1,12})\.([\w-]{43})$/
/** Longest life of a bypass, in ms; it ends with the maintenance in any case. */
const LIFE_MS = 12 * 3_600_000
const LONGEST_TOKEN = 200

/** What lets an operator through one maintenance. */
export interface Bypass {
  token: string
  expiresAt: Date
}

/** Makes a bypass: when it ends, signed with the key of this maintenance. */
export function makeBypass({ key }: Pick<Setting, 'key'>, now: Date): Bypass {
  const expiresAt = new Date(Math.ceil((now.getTime() + LIFE_MS) / 1_000) * 1_000)
  const expires = (expiresAt.getTime() / 1_000).toString(36)
  return { token: `${PREFIX}${expires}.${sign(key, expires)}`, expiresAt }
}

/** When a bypass of this maintenance ends; undefined for what is none, in the same time whatever is wrong with it. */
export function readBypass({ key }: Pick<Setting, 'key'>, token: string, now: Date): Date | undefined {
  const [, expires = '', signature = ''] = SHAPE.exec(short(token)) ?? []
  const genuine = equal(signature, sign(key, expires))
  const expiresAt = new Date(Number.parseInt(expires, 36) * 1_000)
  return genuine && expiresAt > now ? expiresAt : undefined
}

/** Whether a text has the form of a bypass, of whichever maintenance. */
export function looksLikeBypass(token: string): boolean {
  return SHAPE.test(short(token))
}

function short(token: string): string {
  return token.length <= LONGEST_TOKEN ? token : ''
}

function sign(key: string, expires: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(`bypass of maintenance until ${expires}`)
    .digest('base64url')
}

function equal(given: string, right: string): boolean {
  const bytes = Buffer.alloc(Buffer.byteLength(right))
  bytes.write(given)
  return timingSafeEqual(bytes, Buffer.from(right)) && given.length === right.length
}
