import { createHmac, createSecretKey } from 'node:crypto'

/**
 * What the chain keeps of a message's content: HMAC-SHA-256, hex, under the random key stored with the message.
 * Once that key is destroyed nobody can tell what the digest was of.
 */
export function contentDigest(key: Uint8Array, text: string): string {
  // A bare key costs Node more than the digest itself.
  return createHmac('sha256', createSecretKey(key)).update(text, 'utf8').digest('hex')
}

const BUCKETS: readonly [below: number, bucket: string][] = [
  [1, '0'],
  [100, '1-99'],
  [1_000, '100-999'],
  [10_000, '1000-9999'],
  [100_000, '10000-99999'],
]

/** How long a text is, told only roughly, in UTF-16 units: an exact length would help to guess it. */
export function lengthBucket(text: string): string {
  const bucket = BUCKETS.find(([below]) => text.length < below)
  return bucket === undefined ? '100000+' : bucket[1]
}
