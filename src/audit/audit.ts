import type { Queryable } from '../db/database.ts'
import { codeOf, HelixError } from '../errors.ts'
import type { NewEntry } from './entry.ts'
import { closingKind, isIntent } from './kinds.ts'
import { ACT_RENEW_MS, chainPlace, type EntryPlace } from './place.ts'
import { strictPlace, type WaitFor } from './strict-place.ts'

/** Writes one log. Each call is committed when it resolves, unless `q` is a transaction. */
export interface Audit {
  /** Appends one entry; resolves to its seq. */
  append(entry: NewEntry): Promise<number>

  /** Announces an act, before it happens; resolves to the seq that its outcome must name. */
  intent(entry: NewEntry): Promise<number>

  /** Closes the intent `seq`; `entry.data.outcome` says how it ended. */
  outcome(seq: number, entry: NewEntry): Promise<number>

  /**
   * Log before act: commits the intent, runs the act, commits its outcome: `ok` with what `describe` tells of the
   * result, or `failed` with the failure's code. Throws what the act throws.
   * @throws HelixError `audit_unavailable` when the intent (nothing was done) or the outcome could not be written.
   */
  act<T>(
    entry: NewEntry,
    run: (seq: number) => Promise<T> | T,
    describe?: (result: T) => Record<string, unknown>,
  ): Promise<T>
}

/** The writer of the database's log `log` (see readLogId); where `wait` is given, intents wait for that, too. */
export function createAudit(q: Queryable, log: string, wait?: WaitFor): Audit {
  const place = chainPlace(q, log)
  return auditOver(wait ? strictPlace(place, wait) : place)
}

/** The same acts over any place that takes entries. */
export function auditOver(place: EntryPlace): Audit {
  return {
    append: place.append,
    async intent(entry) {
      return place.append(announcing(entry))
    },
    outcome: (seq, entry) => place.append({ ...entry, data: { outcome: 'ok', ...entry.data, intent: seq } }),
    act: (entry, run, describe) => act(place, entry, run, describe),
  }
}

async function act<T>(
  place: EntryPlace,
  entry: NewEntry,
  run: (seq: number) => Promise<T> | T,
  describe: (result: T) => Record<string, unknown> = () => ({}),
): Promise<T> {
  const seq = await (async () => place.begin(announcing(entry)))().catch(refuse('so nothing was done'))
  // A renewal that fails is followed by another; at worst somebody else takes the act for interrupted.
  const renewal = setInterval(() => void place.renew(seq).catch(() => {}), ACT_RENEW_MS)
  renewal.unref()
  const close = (data: Record<string, unknown>) =>
    place.end(seq, { ...entry, kind: closingKind(entry.kind), data: { ...data, intent: seq } })
  try {
    const result = await (async () => run(seq))().catch(async (thrown: unknown) => {
      // The act's own failure matters more than that of writing it down; its intent stays open and is found.
      await close({ outcome: 'failed', code: codeOf(thrown) }).catch(() => {})
      throw thrown
    })
    await close({ ...describe(result), outcome: 'ok' }).catch(refuse('though the act was done'))
    return result
  } finally {
    clearInterval(renewal)
  }
}

function announcing(entry: NewEntry): NewEntry {
  if (isIntent(entry.kind)) return entry
  throw new HelixError('internal', `${entry.kind} announces nothing: an intent ends in .request or .start`, {
    hint: 'This is a defect in Helix; report it.',
  })
}

function refuse(consequence: string): (cause: unknown) => never {
  return (cause) => {
    // Where it says of itself why, that tells more.
    if (cause instanceof HelixError && cause.code === 'audit_unavailable') throw cause
    throw new HelixError('audit_unavailable', `The audit log could not be written, ${consequence}`, {
      hint: 'Run helix doctor to see what keeps it from being written.',
      next: ['helix doctor', 'helix audit verify'],
      cause,
    })
  }
}
