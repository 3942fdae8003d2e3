import type { Database, Queryable } from '../../db/database.ts'
import { isHeld } from '../../db/lease.ts'
import { isStatementError } from '../../db/statement-error.ts'
import { HelixError } from '../../errors.ts'
import { appendEntries, auditHead } from '../append.ts'
import { continuedLogs } from '../export.ts'
import type { Subtree } from '../merkle/tree.ts'
import type { SignedCheckpoint } from './checkpoint.ts'
import { type Introduction, introductionEntry, readIntroduction } from './introduction.ts'
import { KeyRing } from './key-ring.ts'

/** The name of the lock that whoever makes a checkpoint, or changes the keys, holds. */
export const CHECKPOINT_LOCK = 'helix.audit.checkpoint'
/** The lease of the one process that makes them by itself. */
export const CHECKPOINT_LEASE = 'audit.checkpoints'

/** A checkpoint as it is kept. */
export interface StoredCheckpoint {
  log: string
  size: number
  /** Hex. */
  root: string
  note: string
  /** Leaf hashes of the entries since the checkpoint before it, 32 bytes each. */
  leaves: Uint8Array
}

/** The newest checkpoint of a log; undefined where there is none yet. */
export async function newestCheckpoint(
  q: Queryable,
  log: string,
): Promise<Omit<StoredCheckpoint, 'leaves'> | undefined> {
  const [row] = await q.query<Omit<StoredCheckpoint, 'leaves'> & Record<string, unknown>>(
    `select log_id as log, size, root, note from public.audit_checkpoints
     where log_id = $1 order by size desc limit 1`,
    [log],
  )
  return row
}

/** The checkpoints of these logs, in their order and by size, as far as there are any at the time of the call. */
export async function storedCheckpoints(q: Queryable, logs: readonly string[]) {
  const newest = await Promise.all(logs.map((log) => newestCheckpoint(q, log))).catch(asNone)
  return pages()

  async function* pages(): AsyncGenerator<Omit<StoredCheckpoint, 'leaves'>> {
    for (const [index, log] of logs.entries()) {
      for (let after = 0, until = newest[index]?.size ?? 0; after < until; ) {
        const rows = await q.query<Omit<StoredCheckpoint, 'leaves'> & Record<string, unknown>>(
          `select log_id as log, size, root, note from public.audit_checkpoints
           where log_id = $1 and size > $2 and size <= $3 order by size limit 1000`,
          [log, after, until],
        )
        yield* rows
        after = rows.at(-1)?.size ?? until
      }
    }
  }
}

/** A schema from before checkpoints has none. */
function asNone(cause: unknown): [] {
  if (isStatementError(cause, '42P01')) return []
  throw cause
}

/** The leaves kept with a checkpoint. */
export async function leavesOfCheckpoint(
  q: Queryable,
  log: string,
  size: number,
): Promise<Uint8Array | undefined> {
  const [row] = await q.query<{ leaves: Uint8Array }>(
    'select leaves from public.audit_checkpoints where log_id = $1 and size = $2',
    [log, size],
  )
  return row?.leaves
}

/** What a checkpoint adds to what is kept. */
export interface NewCheckpoint {
  checkpoint: SignedCheckpoint
  leaves: Buffer
  subtrees: readonly (Subtree & { hash: Buffer })[]
}

/**
 * Keeps a checkpoint and what of the tree became whole with it.
 * @throws HelixError `lock_held` when the lease went to another process.
 */
export async function storeCheckpoint(
  db: Database,
  { checkpoint, leaves, subtrees }: NewCheckpoint,
  fence: number | undefined,
): Promise<void> {
  const { log, size, root, note } = checkpoint
  await db.transaction('gateway', async (tx) => {
    if (fence !== undefined && !(await isHeld(tx, CHECKPOINT_LEASE, fence))) throw leaseLost()
    await tx.query(
      `insert into public.audit_subtrees (log_id, level, place, hash)
       select $1, level, place, hash from unnest($2::smallint[], $3::bigint[], $4::text[]) as s (level, place, hash)`,
      [
        log,
        subtrees.map(({ level }) => level),
        subtrees.map(({ place }) => place),
        subtrees.map(({ hash }) => hash.toString('hex')),
      ],
    )
    await tx.query(
      'insert into public.audit_checkpoints (log_id, size, root, note, leaves) values ($1, $2, $3, $4, $5)',
      [log, size, Buffer.from(root).toString('hex'), note, leaves],
    )
  })
}

/** The keys that the log and those it continues know, by the entries that brought them in. */
export async function readKeyRing(q: Queryable, log: string): Promise<KeyRing> {
  const logs = await continuedLogs(q, log)
  const rows = await q.query<{ log: string; seq: number; data: Record<string, unknown> }>(
    `select e.log_id as log, e.seq, e.data from public.audit_keys k
     join public.audit_entries e on e.log_id = k.log_id and e.seq = k.seq and e.kind = 'audit.key'
     where k.log_id = any ($1::text[]) order by array_position($1::text[], e.log_id), e.seq`,
    [logs],
  )
  const ring = new KeyRing()
  for (const row of rows) {
    const introduction = readIntroduction(row)
    if (introduction) ring.admit(introduction)
  }
  for (const each of logs) ring.note(each)
  return ring
}

/** Brings a key in: its entry on the chain, and where it stands. */
export async function storeIntroduction(
  db: Database,
  introduction: Introduction,
  actor: string,
): Promise<number> {
  const { log } = introduction
  return db.transaction('gateway', async (tx) => {
    const seq = await appendEntries(tx, [auditHead(log, introductionEntry(introduction, actor), new Date())])
    await tx.query('insert into public.audit_keys (log_id, seq) values ($1, $2)', [log, seq])
    return seq
  })
}

function leaseLost(): HelixError {
  return new HelixError('lock_held', 'Another gateway makes the checkpoints by now', {
    hint: 'Nothing is lost: it goes on where this one ended.',
  })
}
