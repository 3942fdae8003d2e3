import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import { HelixError } from '../../errors.ts'

/** Signed notes as C2SP describes them (signed-note), with Ed25519 keys. */

/** Whom a signature is of: a name, and the 32 raw bytes of an Ed25519 public key. */
export interface Verifier {
  name: string
  publicKey: Buffer
}

/** One who signs. */
export interface Signer extends Verifier {
  privateKey: KeyObject
}

/** A note taken apart: its text with the last line feed, and its signatures as they stand there. */
export interface Note {
  text: string
  signatures: { name: string; keyId: string; signature: Buffer }[]
}

const ED25519 = Buffer.of(1)
const NAME = /^[^\s+\p{Cc}]+$/u
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/
const MOST_SIGNATURES = 64
/** What turns 32 raw bytes into a key that Node knows (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** The id by which a note names a key: 8 hex digits. */
function keyId({ name, publicKey }: Verifier): string {
  const text = Buffer.concat([Buffer.from(`${name}\n`), ED25519, publicKey])
  return hash('sha256', text).slice(0, 8)
}

/** The key as people pass it on: `<name>+<id>+<base64>`. */
export function formatVerifier(verifier: Verifier): string {
  const bytes = Buffer.concat([ED25519, verifier.publicKey])
  return `${verifier.name}+${keyId(verifier)}+${bytes.toString('base64')}`
}

/** @throws HelixError `usage` when `text` is no Ed25519 verifier key. */
export function parseVerifier(text: string): Verifier {
  const [, name = '', id, base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? []
  const bytes = Buffer.from(base64, 'base64')
  const verifier = { name, publicKey: bytes.subarray(1) }
  if (NAME.test(name) && bytes.length === 33 && bytes[0] === 1 && keyId(verifier) === id) return verifier
  throw new HelixError('usage', `${JSON.stringify(text.slice(0, 200))} is not a verifier key`, {
    hint: 'Give it as `helix keys show audit` prints it: <name>+<id>+<base64>.',
    next: ['helix keys show audit'],
  })
}

/** Signs a text, which must end with a line feed. */
export function signNote(text: string, signer: Signer): string {
  const signature = sign(null, Buffer.from(text), signer.privateKey)
  const bytes = Buffer.concat([Buffer.from(keyId(signer), 'hex'), signature])
  return `${text}\n\u2014 ${signer.name} ${bytes.toString('base64')}\n`
}

/** Takes a note apart; undefined when it is none. Says nothing of its signatures. */
export function parseNote(note: string): Note | undefined {
  const end = note.lastIndexOf('\n\n')
  if (end === -1 || !note.endsWith('\n') || !note.isWellFormed()) return undefined
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length > MOST_SIGNATURES) return undefined
  const signatures = lines.map((line) => {
    const [, name = '', base64 = ''] = SIGNATURE_LINE.exec(line) ?? []
    const bytes = Buffer.from(base64, 'base64')
    return { name, keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) }
  })
  if (signatures.some(({ name, signature }) => name === '' || signature.length === 0)) return undefined
  return { text: note.slice(0, end + 1), signatures }
}

/**
 * Which of these keys signed the note. Signatures by others are ignored.
 * @throws HelixError `findings` when one that claims to be by a known key is not.
 */
export function signersOf(note: Note, known: readonly Verifier[]): Verifier[] {
  const signers = known.filter((verifier) => {
    const id = keyId(verifier)
    const own = note.signatures.filter((each) => each.name === verifier.name && each.keyId === id)
    if (own.every(({ signature }) => isSigned(note.text, signature, verifier.publicKey)))
      return own.length > 0
    throw new HelixError('findings', `A signature by ${verifier.name} is not by its key ${id}`, {
      hint: 'Whoever made it did not have that key, or the note was changed.',
    })
  })
  return signers
}

/** Whether `signature` is one of `text` under these raw 32 bytes of a public key. */
export function isSigned(text: string, signature: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    const der = Buffer.concat([SPKI_PREFIX, publicKey])
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    return verify(null, Buffer.from(text), key, signature)
  } catch {
    return false
  }
}

/** The 32 raw bytes of a private key's public half. */
export function publicBytes(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length)
}
