import { hash } from 'node:crypto'
import { canonicalJson, canonicalString } from './canonical.ts'
import type { AuditEntry } from './entry.ts'

/** `prev` of the first entry of a log. */
export const NO_HASH = '0'.repeat(64)

/** An entry before the chain gave it a place. */
export type UnplacedEntry = Omit<AuditEntry, 'schema' | 'seq' | 'prev' | 'hash'>

/** SHA-256 of the UTF-8 bytes of `text`, as 64 hex digits. */
export function sha256Hex(text: string): string {
  return hash('sha256', text)
}

/** The canonical entry up to where `"prev"` comes: all an act can say before the chain gives it a place. */
export function headText({ actor, at, channel, data, kind, log }: UnplacedEntry): string {
  return (
    `{"actor":${canonicalString(actor)},"at":${canonicalString(at)},"channel":${canonicalString(channel)},` +
    `"data":${canonicalJson(data)},"kind":${canonicalString(kind)},"log":${canonicalString(log)},`
  )
}

/** Completes a head to the canonical entry without its hash: the text that is hashed. */
export function bodyText(head: string, prev: string, seq: number): string {
  return `${head}"prev":${canonicalString(prev)},"schema":1,"seq":${seq}}`
}

/** The hash an entry must carry. @throws HelixError `request_invalid` when it has no canonical form. */
export function entryHash(entry: Omit<AuditEntry, 'hash'>): string {
  return sha256Hex(bodyText(headText(entry), entry.prev, entry.seq))
}
