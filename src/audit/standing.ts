import type {
  AuditEntriesQuery,
  AuditHead,
  AuditProofQuery,
  AuditVerification,
} from '../contract/admin/audit.ts'
import type { Database } from '../db/database.ts'
import { asHelixError, HelixError } from '../errors.ts'
import { readHead, readLogId } from './append.ts'
import { makeProof, type ProofDocument } from './checkpoints/proof.ts'
import { newestCheckpoint } from './checkpoints/stored.ts'
import { continuedLogs, exportLine, readEntries } from './export.ts'
import { findOpenIntents } from './open-intents.ts'

/** How long an act may be under way before its intent is told as open, in ms. */
const GRACE_MS = 60_000
const MOST_INTENTS = 100

/** Where the log stands, and what the last verification came to. */
export async function auditStanding(
  db: Database,
  verification: AuditVerification | null,
): Promise<AuditHead> {
  const { log, seq, hash } = await readHead(db)
  const [logs, checkpoint, intents] = await Promise.all([
    continuedLogs(db, log),
    newestCheckpoint(db, log),
    findOpenIntents(db, { before: new Date(Date.now() - GRACE_MS), limit: MOST_INTENTS }),
  ])
  return {
    ...{ log, size: seq, hash, logs, verification },
    checkpoint: checkpoint ? { size: checkpoint.size, root: checkpoint.root, note: checkpoint.note } : null,
    openIntents: intents.map(({ seq, at, channel, kind }) => ({ seq, at: at.toISOString(), channel, kind })),
  }
}

/**
 * Entries of the present log, or of one it continues, from one seq on, as exported lines; none past its end.
 * @throws HelixError `not_found` for another log
 */
export async function auditLines(db: Database, { log, from, limit }: AuditEntriesQuery): Promise<string> {
  const head = await readHead(db)
  const wanted = log ?? head.log
  await assertContinued(db, head.log, wanted)
  const last = wanted === head.log ? head.seq : Number.MAX_SAFE_INTEGER
  const until = { ...head, log: wanted, seq: Math.min(last, from + limit - 1) }
  let lines = ''
  for await (const entry of readEntries(db, { since: from - 1, until })) lines += exportLine(entry)
  return lines
}

/** How the log grew since somebody saw it. @throws HelixError `not_found`, also before the first checkpoint */
export async function auditProof(db: Database, { log, size }: AuditProofQuery): Promise<ProofDocument> {
  if (log === undefined || size === undefined) return makeProof(db, {}).catch(notYet)
  await assertContinued(db, await readLogId(db), log)
  return makeProof(db, { from: { log, size } }).catch(notYet)
}

/** What is not signed yet cannot be had yet; nothing is wrong with the gateway. */
function notYet(error: unknown): never {
  const { code, message, hint } = asHelixError(error)
  if (code !== 'precondition_failed') throw error
  throw new HelixError('not_found', message, hint === undefined ? {} : { hint })
}

async function assertContinued(db: Database, present: string, wanted: string): Promise<void> {
  if ((await continuedLogs(db, present)).includes(wanted)) return
  throw new HelixError('not_found', `The log ${present} does not go on from ${wanted}`, {
    hint: 'GET /api/admin/audit names the logs there are.',
  })
}
