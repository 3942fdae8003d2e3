import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { HelixError } from '../../errors.ts'

const CIPHER = 'aes-256-gcm'
const VERSION = 'v1'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Keeps short secrets in the database so that who reads only the database cannot use them. */
export interface SecretBox {
  /** Text for a column; it opens only for the same `owner`, as the id of the row. */
  close(secret: string, owner: string): string
  /** @throws HelixError `precondition_failed` when it was closed with another key or for another owner */
  open(closed: string, owner: string): string
}

/** @param key 256 bits */
export function createSecretBox(key: Uint8Array): SecretBox {
  return {
    close(secret, owner) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(owner))
      const bytes = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${VERSION}.${bytes.toString('base64url')}`
    },
    open(closed, owner) {
      const [version, text = ''] = closed.split('.')
      const bytes = Buffer.from(text, 'base64url')
      try {
        if (version !== VERSION) throw new Error(`unknown form ${version?.slice(0, 10)}`)
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        })
        decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(-TAG_BYTES))
        return Buffer.concat([
          decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
          decipher.final(),
        ]).toString()
      } catch (cause) {
        throw new HelixError('precondition_failed', 'A stored secret cannot be opened with this key', {
          hint: 'keys.json is not the one the secret was stored with; restore it from a backup.',
          cause,
        })
      }
    },
  }
}
