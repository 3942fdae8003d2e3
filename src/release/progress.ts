import type { JournalRecord, ReadRecord } from './journal.ts'
import type { Served } from './serving.ts'
import type { StepName } from './steps.ts'

/** What the journal notes of a release that is gone back to, in place of its archive. */
export const ROLL_BACK = 'roll-back'

/** How far a release came, as its journal tells. */
export interface Progress {
  /** What it was brought to, as one types it after `helix deploy`. */
  target: string
  release: string
  previous: string | null
  /** What machines served instead of that. */
  served: Served
  by: string
  /** Whether it was gone back to; it then was on the machines, with its settings. */
  rollBack: boolean
  /** SHA-256 of the archive it was begun with; undefined where it brought none. */
  archive: string | undefined
  begunAt: Date
  endedAt: Date
  done: ReadonlySet<StepName>
  /** Steps whose effect may be there: begun and not undone. */
  begun: readonly StepName[]
  state: 'live' | 'undone' | 'unfinished' | 'undoing' | 'stuck'
}

/** Reads the journal of releases, oldest release first; a release that was deployed again is there again. */
export function progressOf(records: readonly ReadRecord[]): Progress[] {
  const runs: ReadRecord[][] = []
  for (const record of records) {
    const run = runs.at(-1)
    const begins = record.step === 'plan' && record.event === 'begin'
    if (!run || begins) runs.push([record])
    else run.push(record)
  }
  return runs.map(readRun)
}

function readRun(records: ReadRecord[]): Progress {
  const [first] = records as [ReadRecord]
  const last = records.at(-1) ?? first
  const done = new Set<StepName>()
  const begun = new Set<StepName>()
  for (const { step, event } of records) {
    if (event === 'begin' && changesSomething(step)) begun.add(step)
    if (event === 'done') done.add(step)
    if (event === 'undone') {
      begun.delete(step)
      done.delete(step)
    }
  }
  return {
    target: first.target,
    release: first.release,
    previous: first.previous,
    served: first.served ?? {},
    by: first.by,
    rollBack: first.note === ROLL_BACK,
    archive: first.note === ROLL_BACK ? undefined : first.note,
    begunAt: new Date(first.at),
    endedAt: new Date(last.at),
    done,
    begun: [...begun],
    state: stateOf(records, done, begun),
  }
}

/** The release to go back to: the last that was brought to its end before the one that serves, and not gone back from. */
export function healthyBefore(progress: readonly Progress[], current: string | null): string | undefined {
  return healthy(progress).findLast((release) => release !== current)
}

/** What may be gone back to once `release` serves: from it, and once more from there. */
export function worthKeeping(progress: readonly Progress[], release: string): string[] {
  return healthy(progress)
    .filter((each) => each !== release)
    .slice(-2)
}

/** Releases that were brought to their end and not gone back from, in the order in which they last were. */
function healthy(progress: readonly Progress[]): string[] {
  const live = progress.filter(({ state }) => state === 'live')
  const left = new Set<string>()
  for (const { release, previous, rollBack } of live) {
    left.delete(release)
    if (rollBack && previous !== null) left.add(previous)
  }
  const last = new Map<string, number>()
  for (const [place, { release }] of live.entries()) if (!left.has(release)) last.set(release, place)
  return [...last.keys()].sort((a, b) => (last.get(a) ?? 0) - (last.get(b) ?? 0))
}

/** To plan changes nothing, and the lock frees itself. */
function changesSomething(step: StepName): boolean {
  return step !== 'plan' && step !== 'lock'
}

function stateOf(
  records: readonly JournalRecord[],
  done: ReadonlySet<StepName>,
  begun: ReadonlySet<StepName>,
): Progress['state'] {
  const undoing = records.some(
    // A release that serves stays, also when clearing away what was before it failed.
    ({ step, event }) => event === 'undo' || (event === 'failed' && step !== 'prune'),
  )
  if (records.at(-1)?.event === 'undo_failed') return 'stuck'
  if (undoing) return begun.size === 0 ? 'undone' : 'undoing'
  return done.has('prune') ? 'live' : 'unfinished'
}
