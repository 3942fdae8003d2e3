import { randomBytes, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { tokenHash } from '../tokens.ts'

/**
 * A personal access token: `hlx_<id>_<secret><checksum>`. The id may be shown; the secret is 256 random bits in 43
 * characters; the checksum, the CRC-32 of all before it in 6, tells a token from a text that only looks like one
 * without asking anybody, as scanners for leaked secrets do.
 */
const SHAPE = /^hlx_([0-9A-Za-z]{12})_[0-9A-Za-z]{43}([0-9A-Za-z]{6})$/
const PREFIX = 'hlx_'
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The part of a token that may be shown and stored. */
export interface TokenParts {
  id: string
  /** SHA-256 of the whole token, in hex. */
  secretHash: string
}

/** Whether a bearer token claims to be one of these, rather than a session's. */
export function looksLikeAccessToken(token: string): boolean {
  return token.startsWith(PREFIX)
}

/** Whether this could be the id of a token. */
export function isTokenId(text: string): boolean {
  return /^[0-9A-Za-z]{12}$/.test(text)
}

/** The beginning of a token by which its owner knows it again. */
export function shownPrefix(id: string): string {
  return PREFIX + id
}

/** Draws a new token. */
export function drawAccessToken(): TokenParts & { token: string } {
  const id = Array.from({ length: 12 }, () => DIGITS[randomInt(DIGITS.length)]).join('')
  const secret = inDigits(BigInt(`0x${randomBytes(32).toString('hex')}`), 43)
  const body = `${PREFIX}${id}_${secret}`
  const token = body + checksum(body)
  return { id, token, secretHash: tokenHash(token) }
}

/** The parts of a token as it was drawn; undefined when it was mistyped, cut off or made up. */
export function parseAccessToken(token: string): TokenParts | undefined {
  const [, id, sum] = SHAPE.exec(token) ?? []
  if (id === undefined || sum !== checksum(token.slice(0, -6))) return undefined
  return { id, secretHash: tokenHash(token) }
}

function checksum(body: string): string {
  return inDigits(BigInt(crc32(body)), 6)
}

function inDigits(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS[Number(rest % 62n)] + text
  return text
}
