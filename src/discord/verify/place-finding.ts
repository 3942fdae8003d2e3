import type { AuditEntry } from '../../audit/entry.ts'
import type { Finding, FindingKind } from '../../audit/finding.ts'

export type Place = Pick<AuditEntry, 'log' | 'seq'>

/** A finding at the place of an entry; `what` completes "Entry 7 …". */
export function findingAt(kind: FindingKind, { log, seq }: Place, what: string): Finding {
  return { kind, log, seq, message: `Entry ${seq} ${what}` }
}

export function editedAt(place: Place, messageId: string): Finding {
  return findingAt(
    'edited',
    place,
    `or what stands with it in Discord was edited there (message ${messageId})`,
  )
}
