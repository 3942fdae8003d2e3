import type { Head } from './append.ts'
import { ChainCheck } from './chain-check.ts'
import { CheckpointCheck, type Vouchers } from './checkpoints/checkpoint-check.ts'
import type { AuditEntry } from './entry.ts'
import { isAuditEntry, parseEntry } from './entry-shape.ts'
import type { Finding } from './finding.ts'
import { IntentCheck } from './intent-check.ts'

/** Acts in flight are normal for about this long. */
export const DEFAULT_GRACE_MS = 60_000

export interface VerifyOptions {
  /** An end of the log known from elsewhere; entries beyond it are welcome, fewer are not. */
  head?: Head | undefined
  now?: Date | undefined
  /** Intents younger than this are not findings; default 60 s. */
  graceMs?: number | undefined
  /** Signed checkpoints to compare with. */
  vouchers?: Vouchers | undefined
  /** Tolerates a last line cut short, as a crash leaves it in a journal. */
  mayBeTorn?: boolean | undefined
}

/** What a verification saw. */
export interface Verification {
  /** Empty when nothing is wrong; else the first bad place, or every open intent (at most 100). */
  findings: Finding[]
  /** Entries found in place, in all logs. */
  entries: number
  /** The last entry in place: log, seq, hash; seq 0 when there was none. */
  end: Head
  /** The journals these entries vouch for: for each, the last end that was adopted. */
  adopted: Head[]
  /** Whether the last line was cut short. */
  torn: boolean
  /** How far a trusted key signed them; undefined where no checkpoint was compared. */
  signed: { log: string; size: number } | undefined
}

/**
 * Verifies entries, or their exported lines, as they come; a line keeps its line feed, so that a torn last one
 * can be told. Follows `log.continue` from log to log. Never throws for what the entries say.
 */
export async function verifyEntries(
  source: AsyncIterable<AuditEntry | string> | Iterable<AuditEntry | string>,
  { head, now = new Date(), graceMs = DEFAULT_GRACE_MS, mayBeTorn = false, vouchers }: VerifyOptions = {},
): Promise<Verification> {
  const chain = new ChainCheck()
  const intents = new IntentCheck()
  const checkpoints = vouchers && new CheckpointCheck(vouchers)
  const adopted = new Map<string, Head>()
  let entries = 0
  let torn = false

  for await (const item of source) {
    if (torn) chain.push(undefined)
    if (chain.decided) break
    const entry = toEntry(item)
    torn = entry === undefined && typeof item === 'string' && !item.endsWith('\n')
    if (torn || !chain.push(entry) || entry === undefined) continue
    entries += 1
    intents.push(entry)
    const compared = checkpoints?.push(entry)
    if (compared) await compared
    const adoption = readAdoption(entry)
    if (adoption !== undefined) adopted.set(adoption.log, adoption)
  }

  const end = chain.position
  const unlinked = chain.end(head) ?? (torn && !mayBeTorn ? cutShort(end) : undefined)
  const broken = first(unlinked, await checkpoints?.end())
  const findings = broken === undefined ? intents.end(now, graceMs) : [broken]
  return { findings, entries, end, adopted: [...adopted.values()], torn, signed: checkpoints?.signed }
}

/** Where both found something, the earlier place; at the same one the links tell more than a root does. */
function first(unlinked: Finding | undefined, unsigned: Finding | undefined): Finding | undefined {
  if (unlinked === undefined || unsigned === undefined) return unlinked ?? unsigned
  return unsigned.log === unlinked.log && unsigned.seq < unlinked.seq ? unsigned : unlinked
}

function toEntry(item: AuditEntry | string): AuditEntry | undefined {
  if (typeof item === 'string') return parseEntry(item)
  return isAuditEntry(item) ? item : undefined
}

function cutShort({ log, seq }: Head): Finding {
  return {
    kind: 'truncated',
    log,
    seq: seq + 1,
    message: `Entry ${seq + 1} is cut short: its line does not end`,
  }
}

/** The end of a journal that this entry adopts, if it adopts one. */
export function readAdoption({ kind, data }: Pick<AuditEntry, 'kind' | 'data'>): Head | undefined {
  const { log, size, head } = data
  if (kind !== 'journal.adopt' || typeof log !== 'string' || typeof head !== 'string') return undefined
  return typeof size === 'number' && Number.isSafeInteger(size) ? { log, seq: size, hash: head } : undefined
}
