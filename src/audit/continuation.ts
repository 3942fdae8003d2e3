import type { AuditEntry } from './entry.ts'
import type { Finding, FindingKind } from './finding.ts'
import type { HashList } from './hash-list.ts'

/** The log that ends where another one begins. */
export interface EndedLog {
  log: string
  hashes: HashList
}

/**
 * What is wrong with `entry`, of another log, as the one that takes over from `ended`: it must be a first entry
 * that names that log with its size, its last hash and (where it names one) its Merkle root.
 */
export function checkContinuation(entry: AuditEntry, { log, hashes }: EndedLog): Finding | undefined {
  const found = (kind: FindingKind, seq: number, what: string, where = log): Finding => ({
    kind,
    log: where,
    seq,
    message: `Entry ${seq} ${what}`,
  })
  const { size } = hashes
  if (entry.seq !== 1 || entry.kind !== 'log.continue' || entry.data.log !== log) {
    return found('forked', size + 1, `is an entry of another log, ${entry.log}`)
  }
  const { size: told, head, root } = entry.data
  if (typeof told !== 'number' || !Number.isSafeInteger(told)) {
    return found('edited', 1, 'does not say what it continues', entry.log)
  }
  if (told > size) return found('truncated', size + 1, `is missing: the log was continued at ${told}`)
  if (told < size) return found('forked', told + 1, `came after the log was continued at ${told}`)
  const sameEnd = head === hashes.get(size) && (root === undefined || root === hashes.root(size))
  return sameEnd ? undefined : found('forked', size, 'is not the end of what was continued')
}
