import { originOf, parseCheckpoint } from './checkpoint.ts'
import type { KeyRing } from './key-ring.ts'
import { signersOf, type Verifier } from './note.ts'

/** These keys (hex) as the notes of a log name them. */
function verifiersOf(keys: readonly string[], log: string): Verifier[] {
  return keys.map((key) => ({ name: originOf(log), publicKey: Buffer.from(key, 'hex') }))
}

/**
 * Whether a checkpoint of `log` is signed by a key that may sign it and, where an `anchor` is given, comes from it.
 * A signature that claims to be by a key of the log and is not spoils the others.
 */
export function isSignedBy(ring: KeyRing, note: string, log: string, anchor?: string): boolean {
  const parsed = parseCheckpoint(note)
  if (parsed?.checkpoint.log !== log) return false
  try {
    return signersOf(parsed.note, verifiersOf(ring.keys, log)).some(({ publicKey }) => {
      const key = publicKey.toString('hex')
      const trusted = anchor === undefined || ring.descendsFrom(key, anchor)
      return trusted && ring.maySign(key, log, parsed.checkpoint.size)
    })
  } catch {
    return false
  }
}
