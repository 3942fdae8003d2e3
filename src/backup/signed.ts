import { sign } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '../audit/canonical.ts'
import { isSigned } from '../audit/checkpoints/note.ts'
import type { SigningKey } from '../audit/checkpoints/signing-keys.ts'

/** Who signed a document: the raw bytes of an Ed25519 key in hex, and the signature. */
export const Signature = z.object({ key: z.string().regex(/^[0-9a-f]{64}$/), value: z.base64() })

/** What kinds of documents are signed; a signature of one is none of the other. */
type Purpose = 'manifest' | 'proof'

/** Adds a signature over the canonical form of everything else. */
export function signDocument<T extends object>(
  document: T,
  purpose: Purpose,
  { privateKey, publicKey }: SigningKey,
): T & { signature: z.infer<typeof Signature> } {
  const value = sign(null, Buffer.from(signedText(document, purpose)), privateKey)
  return { ...document, signature: { key: publicKey.toString('hex'), value: value.toString('base64') } }
}

/** Whether the key a document names signed it; whose key that is, is the caller's to say. */
export function isSignedDocument(
  { signature, ...document }: { signature: z.infer<typeof Signature> },
  purpose: Purpose,
): boolean {
  const value = Buffer.from(signature.value, 'base64')
  return isSigned(signedText(document, purpose), value, Buffer.from(signature.key, 'hex'))
}

/** The document of a text; undefined where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const signedText = (document: object, purpose: Purpose) =>
  `helix-backup-${purpose}-v1\n${canonicalJson(document)}`
