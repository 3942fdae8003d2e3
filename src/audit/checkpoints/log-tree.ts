import type { Queryable } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import { createStoredTree, type StoredTree } from '../merkle/stored-tree.ts'
import { entryLeaf } from '../merkle/tree.ts'

/** The Merkle tree of a log in the database, as far as a checkpoint reaches. */
export function logTree(q: Queryable, log: string): StoredTree {
  return createStoredTree((level, from, to) =>
    level === 0 ? readLeaves(q, log, from, to) : readSubtrees(q, log, level, from, to),
  )
}

async function readLeaves(q: Queryable, log: string, from: number, to: number): Promise<Buffer[]> {
  const rows = await q.query<{ seq: number; hash: string }>(
    'select seq, hash from public.audit_entries where log_id = $1 and seq > $2 and seq <= $3 order by seq',
    [log, from, to],
  )
  const gap = rows.findIndex(({ seq }, index) => seq !== from + index + 1)
  if (gap !== -1) throw missing(log, from + gap + 1)
  return rows.map(({ hash }) => entryLeaf(hash))
}

async function readSubtrees(q: Queryable, log: string, level: number, from: number, to: number) {
  const rows = await q.query<{ place: number; hash: string }>(
    `select place, hash from public.audit_subtrees
     where log_id = $1 and level = $2 and place >= $3 and place < $4 order by place`,
    [log, level, from, to],
  )
  const gap = rows.findIndex(({ place }, index) => place !== from + index)
  if (gap !== -1) throw missing(log, (from + gap) * 2 ** level + 1)
  return rows.map(({ hash }) => Buffer.from(hash, 'hex'))
}

function missing(log: string, seq: number): HelixError {
  return new HelixError('findings', `The tree of log ${log} has a hole at entry ${seq}`, {
    hint: 'helix audit verify says what is wrong with the log.',
    next: ['helix audit verify'],
    details: { kind: 'gap', log, seq },
  })
}
