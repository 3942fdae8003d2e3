import type { Files } from '../../files.ts'
import type { Finding, FindingKind } from '../finding.ts'
import { checkProof } from './check-proof.ts'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import type { Known, ProofDocument } from './proof.ts'
import { changeSeen, readSeen, type SeenFile, seenCheckpoint } from './seen.ts'

/** What a witness made of what it was shown. */
export interface Witnessed {
  findings: Finding[]
  /** What it keeps now; undefined when nothing was ever accepted. */
  checkpoint: { log: string; size: number; root: string } | undefined
  /** How many entries more than before; null where nothing was known. */
  grown: number | null
}

export interface WitnessOptions {
  /** A public key (hex) that the log must be signed with, or go back to; without one the first that is shown is trusted. */
  key?: string | undefined
  /** Accepts a log that goes on from none it knows. */
  acceptNew?: boolean | undefined
  /** The log that was restored, so that its last entries are gone for good: accepts that. */
  acceptLoss?: string | undefined
  /** How its file is written. */
  files?: Pick<Files, 'replace'> | undefined
}

/** What the witness file at `path` knows, newest checkpoint of each log. */
export async function knownTo(path: string): Promise<SignedCheckpoint[]> {
  const seen = await readSeen(path)
  return checkpointsOf(path, seen)
}

/** What a witness takes a signature from, for one log. */
export interface Trust {
  log: string
  /** Hex. */
  keys: string[]
  /** Whether somebody named a key they go back to; else the first one shown was trusted. */
  vouched: boolean
}

/** Whom the witness file at `path` trusts. */
export async function trustedBy(path: string): Promise<Trust[]> {
  const seen = await readSeen(path)
  return seen.logs().map((log) => {
    const { keys = [], vouched = false } = seen.get(log) ?? {}
    return { log, keys, vouched }
  })
}

/**
 * Shows the witness what a log is now. It keeps that only if everything it kept before is part of it; else it keeps
 * what it has and says what is wrong. Two at once are one after the other.
 */
export function witness(
  path: string,
  document: ProofDocument,
  options: WitnessOptions = {},
): Promise<Witnessed> {
  return changeSeen(path, (seen) => judge(checkpointsOf(path, seen), seen, document, options), options.files)
}

function judge(
  known: readonly SignedCheckpoint[],
  seen: SeenFile,
  document: ProofDocument,
  { key, acceptNew, acceptLoss }: WitnessOptions,
): Witnessed {
  const start = known.find(({ log }) => log === document.growth?.log) ?? knownLog(known, document)
  const before = start && seen.get(start.log)
  const trusted = before?.keys ?? (key === undefined ? [] : [key])
  const vouched = key !== undefined || before?.vouched === true
  const checked = checkProof(document, trusted)
  const kept = start && { log: start.log, size: start.size, root: Buffer.from(start.root).toString('hex') }
  const refuse = (finding: Finding): Witnessed => ({ findings: [finding], checkpoint: kept, grown: null })
  const shown = parseCheckpoint(document.checkpoint)?.checkpoint
  // Whoever shows less is refused, whatever key signed it; that less is shown tells more than by whom.
  const less = start && shown && shown.log === start.log && shown.size < start.size
  if (less) return refuse(missing(start, shown.size))
  if (checked.finding) return refuse(checked.finding)

  if (key !== undefined && checkProof(document, [key]).finding) return refuse(notFrom(document))

  const { checkpoint, note, ring, grewFrom } = checked
  const { log, size, root } = checkpoint
  const found = (kind: FindingKind, at: number, message: string, where = log) =>
    refuse({ kind, log: where, seq: at, message })
  if (!start && known.length > 0 && !acceptNew) {
    return found('forked', 1, `Log ${log} goes on from none that this witness knows`)
  }
  if (start) {
    const wrong = compare(start, checkpoint, grewFrom, acceptLoss)
    if (wrong) return found(...wrong, start.log)
    if (start.log !== log && acceptLoss === start.log) seen.drop(start.log)
  }
  const keys = ring.keys.filter((each) => ring.maySign(each, log, size))
  const anchors = trusted.length > 0 ? trusted : ring.keys.slice(0, 1)
  seen.put(log, {
    note,
    keys: keys.filter((each) => anchors.some((anchor) => ring.descendsFrom(each, anchor))),
    vouched,
  })
  const grown = start?.log === log ? size - start.size : start ? size : null
  return { findings: [], checkpoint: { log, size, root: Buffer.from(root).toString('hex') }, grown }
}

function notFrom({ checkpoint }: ProofDocument): Finding {
  const { log, size } = parseCheckpoint(checkpoint)?.checkpoint ?? { log: '', size: 0 }
  const message = 'The checkpoint is by a key that does not go back to the one given with --key'
  return { kind: 'bad_signature', log, seq: size, message }
}

/** Whether what is known is the beginning of what is shown. */
function compare(
  start: SignedCheckpoint,
  { log, size, root }: Known & { root: Uint8Array },
  grewFrom: (Known & { root: Uint8Array }) | undefined,
  acceptLoss: string | undefined,
): [FindingKind, number, string] | undefined {
  if (log === start.log && size === start.size) {
    const same = Buffer.from(root).equals(start.root)
    return same
      ? undefined
      : ['forked', size, `Entry ${size}, or one before it, is not what was signed before`]
  }
  if (!grewFrom) {
    return ['forked', start.size, `Nothing proves that the log goes on from the ${start.size} entries known`]
  }
  if (grewFrom.size < start.size) {
    if (acceptLoss === start.log) return undefined
    const lost = `Entries ${grewFrom.size + 1} to ${start.size} are gone: the log was restored from before them`
    return ['truncated', grewFrom.size + 1, lost]
  }
  const same = grewFrom.size === start.size && Buffer.from(grewFrom.root).equals(start.root)
  return same
    ? undefined
    : ['forked', start.size, `Entry ${start.size}, or one before it, is not what was signed before`]
}

function missing({ log, size: known }: SignedCheckpoint, size: number): Finding {
  const message = `Entry ${size + 1} is missing: ${known} were signed before`
  return { kind: 'truncated', log, seq: size + 1, message }
}

function knownLog(known: readonly SignedCheckpoint[], { checkpoint }: ProofDocument) {
  return known.find(({ log }) => checkpoint.startsWith(`helix/${log}\n`))
}

function checkpointsOf(path: string, seen: SeenFile): SignedCheckpoint[] {
  return seen.logs().flatMap((log) => {
    const kept = seen.get(log)
    return kept ? [seenCheckpoint(path, log, kept)] : []
  })
}
