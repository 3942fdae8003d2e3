import type { Tree } from '../merkle/verify-proof.ts'
import { type Note, parseNote, type Signer, signNote } from './note.ts'

/** What a checkpoint says: so many entries, in this log, under this root. */
export interface Checkpoint extends Tree {
  log: string
}

/** A checkpoint as it was signed (C2SP tlog-checkpoint). */
export interface SignedCheckpoint extends Checkpoint {
  /** The signed note, byte by byte. */
  note: string
}

const ORIGIN = 'helix/'
const SIZE = /^(?:0|[1-9]\d{0,15})$/
const ROOT_LENGTH = 44

/** How a log is called outside of it: the origin of its checkpoints, and the name of its keys there. */
export function originOf(log: string): string {
  return `${ORIGIN}${log}`
}

/** The log an origin names; undefined for one that is not Helix's. */
function logOf(origin: string): string | undefined {
  return origin.startsWith(ORIGIN) && origin.length > ORIGIN.length ? origin.slice(ORIGIN.length) : undefined
}

export function signCheckpoint(
  { log, size, root }: Checkpoint,
  signer: Omit<Signer, 'name'>,
): SignedCheckpoint {
  const name = originOf(log)
  const text = `${name}\n${size}\n${Buffer.from(root).toString('base64')}\n`
  return { log, size, root, note: signNote(text, { ...signer, name }) }
}

/** Reads a signed checkpoint; undefined when the note is none. Says nothing of its signatures. */
export function parseCheckpoint(note: string): { checkpoint: SignedCheckpoint; note: Note } | undefined {
  const parsed = parseNote(note)
  const [origin = '', size = '', base64 = ''] = parsed?.text.split('\n') ?? []
  const log = logOf(origin)
  const root = Buffer.from(base64, 'base64')
  const sound = SIZE.test(size) && base64.length === ROOT_LENGTH && root.toString('base64') === base64
  if (!parsed || log === undefined || !sound || !Number.isSafeInteger(Number(size))) return undefined
  return { checkpoint: { log, size: Number(size), root, note }, note: parsed }
}
