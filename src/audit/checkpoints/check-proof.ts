import type { AuditEntry } from '../entry.ts'
import type { Finding, FindingKind } from '../finding.ts'
import { entryHash } from '../hash.ts'
import { entryLeaf } from '../merkle/tree.ts'
import { provesConsistency, provesInclusion } from '../merkle/verify-proof.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { KeyRing } from './key-ring.ts'
import type { ProofDocument } from './proof.ts'
import { isSignedBy } from './ring-signature.ts'

/** What a document proves, once it is checked; or what is wrong with it. */
export type Checked =
  | { finding: Finding }
  | {
      finding: undefined
      checkpoint: Checkpoint
      note: string
      ring: KeyRing
      /** What was known of the log before, as the document has it, and whether less came back than was known. */
      grewFrom: Checkpoint | undefined
    }

/**
 * Checks a document against one of the keys that are trusted (hex); without any, against the first key it names,
 * which then proves nothing but that the document agrees with itself.
 */
export function checkProof(document: ProofDocument, trusted: readonly string[] = []): Checked {
  const parsed = parseCheckpoint(document.checkpoint)
  if (!parsed) return { finding: found('bad_signature', '', 0, 'The checkpoint is none') }
  const { checkpoint } = parsed
  const { log, size } = checkpoint
  const ring = readRing(document, log)
  const anchors = trusted.length > 0 ? trusted : ring.keys.slice(0, 1)
  if (!anchors.some((anchor) => isSignedBy(ring, document.checkpoint, log, anchor))) {
    return { finding: found('bad_signature', log, size, 'The checkpoint is not signed by a trusted key') }
  }
  const finding = checkIncluded(document, checkpoint) ?? checkGrowth(document, checkpoint)
  if (finding) return { finding }
  const { growth } = document
  const grewFrom = growth && { log: growth.log, size: growth.size, root: bytes(growth.root) }
  return { finding: undefined, checkpoint, note: document.checkpoint, ring, grewFrom: grewFrom ?? undefined }
}

function readRing({ keys, growth }: ProofDocument, log: string): KeyRing {
  const ring = new KeyRing()
  for (const introduction of keys) ring.admit(introduction)
  for (const { entry } of growth?.links ?? []) ring.note(entry.log)
  ring.note(log)
  return ring
}

function checkIncluded({ included }: ProofDocument, checkpoint: Checkpoint): Finding | undefined {
  if (!included) return undefined
  const { entry, inclusion } = included
  if (isIntact(entry) && isIncluded(entry, inclusion, checkpoint)) return undefined
  return found('forked', checkpoint.log, entry.seq, `Entry ${entry.seq} is not one of those that were signed`)
}

/** Follows a log from what was known of it, over each log it went on as, to what is signed now. */
function checkGrowth({ growth }: ProofDocument, checkpoint: Checkpoint): Finding | undefined {
  if (!growth) return undefined
  const { log, size, consistency, links } = growth
  const ends = [...links.map(({ entry }) => toldEnd(entry)), checkpoint]
  const [first] = ends
  const before = { size, root: bytes(growth.root) }
  if (first?.log !== log || !provesConsistency(before, first, consistency.map(bytes))) {
    return found(
      'forked',
      log,
      size,
      `What was signed does not go on from the ${size} entries that were known`,
    )
  }
  for (const [index, { entry, inclusion }] of links.entries()) {
    const end = ends[index + 1]
    if (end && entry.seq === 1 && isIntact(entry) && isIncluded(entry, inclusion, end)) continue
    return found('forked', entry.log, 1, `Log ${entry.log} does not begin by going on from another`)
  }
  return undefined
}

function toldEnd({ kind, data }: AuditEntry): Checkpoint | undefined {
  const { log, size, root } = data
  if (kind !== 'log.continue' || typeof log !== 'string' || typeof size !== 'number') return undefined
  return typeof root === 'string' ? { log, size, root: Buffer.from(root, 'hex') } : undefined
}

function isIncluded(
  entry: AuditEntry,
  inclusion: readonly string[],
  { log, size, root }: Checkpoint,
): boolean {
  if (entry.log !== log) return false
  return provesInclusion(entryLeaf(entry.hash), entry.seq - 1, { size, root }, inclusion.map(bytes))
}

function isIntact(entry: AuditEntry): boolean {
  try {
    return entryHash(entry) === entry.hash
  } catch {
    return false
  }
}

function found(kind: FindingKind, log: string, seq: number, message: string): Finding {
  return { kind, log, seq, message }
}

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64')
