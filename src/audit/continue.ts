import type { Transaction } from '../db/database.ts'
import { appendEntries, auditHead, type Head, readHead } from './append.ts'
import { NO_HASH } from './hash.ts'
import { HashList } from './hash-list.ts'

const PAGE = 10_000

/**
 * Starts a new log in a database that was restored or copied, in the transaction given; its first entry,
 * `log.continue`, names the old log, its size, head and Merkle root, and where the data came from (`backup`).
 * Resolves to the end of the new log.
 */
export async function continueLog(
  tx: Transaction,
  { actor, backup }: { actor: string; backup: string },
): Promise<Head> {
  const { log, seq: size, hash: head } = await readHead(tx)
  const root = (await readHashes(tx, log, size)).root(size)
  const [fresh] = await tx.query<{ log: string }>(
    'update public.audit_head set log_id = helix.random_log_id(), seq = 0, hash = $1 returning log_id as log',
    [NO_HASH],
  )
  const data = { log, size, head, root, backup }
  const entry = { channel: 'hash-chain', kind: 'log.continue', actor, data } as const
  await appendEntries(tx, [auditHead(fresh?.log ?? '', entry, new Date())])
  return readHead(tx)
}

async function readHashes(tx: Transaction, log: string, size: number): Promise<HashList> {
  const hashes = new HashList()
  while (hashes.size < size) {
    const rows = await tx.query<{ hash: string }>(
      `select hash from public.audit_entries where log_id = $1 and seq > $2 and seq <= $3 order by seq limit $4`,
      [log, hashes.size, size, PAGE],
    )
    for (const { hash } of rows) hashes.push(hash)
    if (rows.length < PAGE) break
  }
  return hashes
}
