import { type KeyObject, sign } from 'node:crypto'
import type { AuditEntry, NewEntry } from '../entry.ts'
import { isSigned } from './note.ts'

/** The kind of the entries that say which keys may sign a log's checkpoints. */
export const KEY_KIND = 'audit.key'

/** A key enters a log: by its own signature when it is the first, else by that of a key that is there already. */
export interface Introduction {
  log: string
  /** 64 hex digits, as the others. */
  publicKey: string
  signedBy: string
  /** A key that signs no checkpoint from here on. */
  replaces: string | null
  /** 128 hex digits. */
  signature: string
}

/** The log and where in it the introduction stands. */
export interface PlacedIntroduction extends Introduction {
  seq: number
}

/** Has a key sign another in (or itself, where it is the first). */
export function introduce(
  { log, publicKey, replaces }: Pick<Introduction, 'log' | 'publicKey' | 'replaces'>,
  by: { publicKey: Buffer; privateKey: KeyObject },
): Introduction {
  const said = { log, publicKey, replaces, signedBy: by.publicKey.toString('hex') }
  return { ...said, signature: sign(null, Buffer.from(statement(said)), by.privateKey).toString('hex') }
}

/** Whether the key that is named signed this introduction. */
export function isIntroduced(introduction: Introduction): boolean {
  const { signature, signedBy } = introduction
  return isSigned(statement(introduction), Buffer.from(signature, 'hex'), Buffer.from(signedBy, 'hex'))
}

export function introductionEntry(introduction: Introduction, actor: string): NewEntry {
  const { publicKey, signedBy, replaces, signature } = introduction
  const data = { publicKey, signedBy, signature, ...(replaces !== null && { replaces }) }
  return { channel: 'hash-chain', kind: KEY_KIND, actor, data }
}

/** What an entry introduces; undefined when its data are not what an introduction has. */
export function readIntroduction({ log, seq, data }: Pick<AuditEntry, 'log' | 'seq' | 'data'>) {
  const { publicKey, signedBy, signature, replaces = null } = data
  if (!isHex(publicKey, 64) || !isHex(signedBy, 64) || !isHex(signature, 128)) return undefined
  if (replaces !== null && !isHex(replaces, 64)) return undefined
  return { log, seq, publicKey, signedBy, signature, replaces } satisfies PlacedIntroduction
}

function statement({ log, publicKey, replaces }: Omit<Introduction, 'signature' | 'signedBy'>): string {
  return `helix-audit-key\n${log}\n${publicKey}\n${replaces ?? '-'}\n`
}

function isHex(value: unknown, digits: number): value is string {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value)
}
