import type { Queryable } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import type { Head } from '../append.ts'
import type { FindingKind } from '../finding.ts'
import { NO_HASH } from '../hash.ts'
import type { Frontier } from '../merkle/frontier.ts'
import { STORED_EVERY } from '../merkle/stored-tree.ts'
import { entryLeaf, type Subtree } from '../merkle/tree.ts'

/** So few that hashing them holds up nothing else for more than a few ms. */
const PAGE = 1_000
/** Entries one checkpoint adds, so that what is kept with it stays small. */
const MOST = 50_000

/** What entries add to the tree: their leaves, and the stored subtrees that became whole. */
export interface NewLeaves {
  leaves: readonly Buffer[]
  subtrees: readonly (Subtree & { hash: Buffer })[]
}

/**
 * Adds the log's entries after `frontier`, at most `most` and none beyond `head`, and resolves to their leaves and
 * to the subtrees that became whole. Each entry must name the one before it.
 * @throws HelixError `findings` with kind and seq where the entries are not one chain.
 */
export async function readNewLeaves(
  q: Queryable,
  head: Head,
  frontier: Frontier,
  most = MOST,
): Promise<NewLeaves> {
  const { log } = head
  const leaves: Buffer[] = []
  const subtrees: (Subtree & { hash: Buffer })[] = []
  const keep = (subtree: Subtree, hash: Buffer) => {
    if (subtree.level % STORED_EVERY === 0) subtrees.push({ ...subtree, hash })
  }
  const until = Math.min(head.seq, frontier.size + most)
  let last = await hashAt(q, log, frontier.size)
  while (frontier.size < until) {
    const rows = await q.query<{ seq: number; prev: string; hash: string }>(
      `select seq, prev, hash from public.audit_entries where log_id = $1 and seq > $2 and seq <= $3 order by seq`,
      [log, frontier.size, Math.min(frontier.size + PAGE, until)],
    )
    if (rows.length === 0)
      throw broken(frontier.size + PAGE < until ? 'gap' : 'truncated', log, frontier.size + 1)
    for (const { seq, prev, hash } of rows) {
      if (seq !== frontier.size + 1) throw broken('gap', log, frontier.size + 1)
      if (prev !== last) throw broken('edited', log, seq)
      last = hash
      leaves.push(entryLeaf(hash))
      frontier.push(leaves.at(-1) ?? entryLeaf(hash), keep)
    }
  }
  if (until === head.seq && last !== head.hash) throw broken('forked', log, head.seq)
  return { leaves, subtrees }
}

async function hashAt(q: Queryable, log: string, seq: number): Promise<string> {
  if (seq === 0) return NO_HASH
  const [row] = await q.query<{ hash: string }>(
    'select hash from public.audit_entries where log_id = $1 and seq = $2',
    [log, seq],
  )
  return row?.hash ?? ''
}

const WHAT: Partial<Record<FindingKind, string>> = {
  truncated: 'is missing: the log is known to go on',
  gap: 'is missing, though later entries are there',
  edited: 'does not name the entry before it',
  forked: 'is not the entry known to end the log',
}

function broken(kind: FindingKind, log: string, seq: number): HelixError {
  const message = `Entry ${seq} ${WHAT[kind]}`
  return new HelixError('findings', `No checkpoint is signed: ${message}`, {
    hint: 'Keep the database as it is and run helix audit verify.',
    next: ['helix audit verify'],
    details: { kind, log, seq, message },
  })
}
