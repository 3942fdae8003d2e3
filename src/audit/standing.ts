import type { AuditHead, AuditVerification } from '../contract/admin/audit.ts'
import type { Database } from '../db/database.ts'
import { readHead } from './append.ts'
import { newestCheckpoint } from './checkpoints/stored.ts'
import { exportLine, readEntries } from './export.ts'
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
  const [checkpoint, intents] = await Promise.all([
    newestCheckpoint(db, log),
    findOpenIntents(db, { before: new Date(Date.now() - GRACE_MS), limit: MOST_INTENTS }),
  ])
  return {
    ...{ log, size: seq, hash, verification },
    checkpoint: checkpoint ? { size: checkpoint.size, root: checkpoint.root, note: checkpoint.note } : null,
    openIntents: intents.map(({ seq, at, channel, kind }) => ({ seq, at: at.toISOString(), channel, kind })),
  }
}

/** Entries of the present log from one seq on, as exported lines; none past its end. */
export async function auditLines(
  db: Database,
  { from, limit }: { from: number; limit: number },
): Promise<string> {
  const head = await readHead(db)
  const until = { ...head, seq: Math.min(head.seq, from + limit - 1) }
  let lines = ''
  for await (const entry of readEntries(db, { since: from - 1, until })) lines += exportLine(entry)
  return lines
}
