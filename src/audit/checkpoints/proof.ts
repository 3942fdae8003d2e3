import { z } from 'zod'
import type { Database, Queryable } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import { readLogId } from '../append.ts'
import type { AuditEntry } from '../entry.ts'
import { isAuditEntry } from '../entry-shape.ts'
import { continuedLogs, readEntry } from '../export.ts'
import { consistencyPath, inclusionPath } from '../merkle/tree.ts'
import { logTree } from './log-tree.ts'
import { newestCheckpoint, readKeyRing } from './stored.ts'

const Hex = z.string().regex(/^[0-9a-f]{64}$/)
const Size = z.int().min(0)
/** Hashes of a proof, base64, in the order of RFC 9162. */
const Hashes = z.array(z.base64().length(44)).max(64)
const Entry = z.custom<AuditEntry>(isAuditEntry)
const Included = z.object({ entry: Entry, inclusion: Hashes })

/** A log that went on as another: the first entry of that one, which says so, as part of its own end. */
const LinkedLog = Included

/** What a proof is made of, as `helix audit prove --json` prints it and whoever checks it reads it. */
export const ProofDocument = z.object({
  schema: z.literal(1),
  /** The newest checkpoint of the log: a signed note. */
  checkpoint: z.string().max(10_000),
  /** How keys came in, from the first log on. */
  keys: z
    .array(
      z.object({
        log: z.string(),
        seq: z.int().min(1),
        publicKey: Hex,
        signedBy: Hex,
        replaces: Hex.nullable(),
        signature: z.string().regex(/^[0-9a-f]{128}$/),
      }),
    )
    .max(1_000),
  /** An entry, and the proof that it is one of those signed. */
  included: Included.nullable(),
  /** The proof that a log of `size` entries, with this root, grew into the one signed. */
  growth: z
    .object({
      log: z.string(),
      size: Size,
      root: z.base64().length(44),
      consistency: Hashes,
      links: z.array(LinkedLog).max(100),
    })
    .nullable(),
})
export type ProofDocument = z.infer<typeof ProofDocument>

/** A place in a log that somebody knows. */
export interface Known {
  log: string
  size: number
}

/**
 * What the newest checkpoint proves: of entry `seq` of the present log, and of how the log grew since `from`.
 * @throws HelixError `precondition_failed` where no checkpoint reaches so far; `not_found` without such an entry.
 */
export async function makeProof(
  q: Queryable,
  { seq, from }: { seq?: number | undefined; from?: Known | undefined },
): Promise<ProofDocument> {
  const log = await readLogId(q)
  const newest = await newestCheckpoint(q, log)
  if (!newest || (seq !== undefined && seq > newest.size)) throw notSigned(seq, newest?.size ?? 0)
  return {
    schema: 1,
    checkpoint: newest.note,
    keys: [...(await readKeyRing(q, log)).introductions],
    included: seq === undefined ? null : await include(q, { log, size: newest.size }, seq),
    growth: from === undefined ? null : await grow(q, from, { log, size: newest.size }),
  }
}

async function include(q: Queryable, { log, size }: Known, seq: number) {
  const entry = await readEntry(q, log, seq)
  if (!entry) {
    throw new HelixError('not_found', `There is no entry ${seq} in log ${log}`, {
      hint: 'helix audit tail shows the last ones.',
      next: ['helix audit tail', 'helix audit verify'],
    })
  }
  const inclusion = await logTree(q, log).proof(inclusionPath(seq - 1, size))
  return { entry, inclusion: inclusion.map(base64) }
}

/** Null where the log does not reach `from`: then there is nothing to prove. */
async function grow(q: Queryable, from: Known, end: Known): Promise<ProofDocument['growth']> {
  const logs = await continuedLogs(q, end.log)
  const later = logs.slice(logs.indexOf(from.log) + 1)
  if (!logs.includes(from.log)) return null
  const ends = await endsOf(q, [from.log, ...later], end)
  const tree = logTree(q, from.log)
  const links = await Promise.all(
    later.map((log, index) => include(q, { log, size: ends[index + 1] ?? 0 }, 1)),
  )
  // A restored log may end before what is known of it. That is for whoever knows more to judge.
  const size = Math.min(from.size, ends[0] ?? 0)
  if (size < from.size && links.length === 0) return null
  return {
    log: from.log,
    size,
    root: base64(await tree.hash([0, size])),
    consistency: (await tree.proof(consistencyPath(size, ends[0] ?? 0))).map(base64),
    links,
  }
}

/** Where each of these logs ended: the next one says so; the last one where it was signed. */
async function endsOf(q: Queryable, logs: readonly string[], end: Known): Promise<number[]> {
  return Promise.all(
    logs.map(async (log, index) => {
      const next = logs[index + 1]
      const told = log === end.log || !next ? end.size : (await readEntry(q, next, 1))?.data.size
      return typeof told === 'number' ? told : 0
    }),
  )
}

/** Reads a document. @throws HelixError `usage` when it is none. */
export function parseProof(text: string): ProofDocument {
  try {
    const value: unknown = JSON.parse(text)
    const bare = typeof value === 'object' && value !== null && 'data' in value ? value.data : value
    return ProofDocument.parse(bare)
  } catch (cause) {
    throw new HelixError('usage', 'This is not a proof as `helix audit prove --json` prints it', {
      hint: 'Make one with helix audit prove <seq> --json.',
      next: ['helix audit prove <seq> --json'],
      cause,
    })
  }
}

/** The newest of these places that the database's present log comes from; undefined when it comes from none. */
export async function newestKnown(db: Database, known: readonly Known[]): Promise<Known | undefined> {
  const logs = await continuedLogs(db, await readLogId(db))
  return logs.toReversed().flatMap((log) => known.filter((each) => each.log === log))[0]
}

function base64(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64')
}

function notSigned(seq: number | undefined, size: number): HelixError {
  const what =
    seq === undefined
      ? 'No checkpoint was made of this log yet'
      : `Entry ${seq} is in no checkpoint yet: the newest ends at ${size}`
  return new HelixError('precondition_failed', what, {
    hint: 'A running gateway makes one a minute; helix audit checkpoint makes one now.',
    next: ['helix audit checkpoint'],
  })
}
