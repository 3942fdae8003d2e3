import { HelixError } from '../errors.ts'
import type { ReleaseJournal } from './journal.ts'
import type { HeldLock, LockRequest } from './lock.ts'
import { type Progress, progressOf } from './progress.ts'
import type { Served } from './serving.ts'
import type { Step } from './steps.ts'

/** One release on its way: what its steps have to know. */
export interface Passage {
  release: string
  /** What it replaces; null before the first. */
  previous: string | null
  /** Whether it is there already and gone back to, so that nothing is brought. */
  back: boolean
  /** What machines served instead of what it replaces. */
  served?: Served
  signal: AbortSignal
}

/** How a target is locked. */
export interface HoldOptions {
  /** Whether it is taken over from a deploy of the same release whose deployer died. */
  resume: boolean
  /** Whether a release that is there already is gone back to. */
  back: boolean
  /** Ends the wait for it. */
  signal: AbortSignal
}

/** Where a part of a release goes: the machines of the gateway, the host of the page, or both together. */
export interface Target {
  /** As one types it after `helix deploy`. */
  readonly name: string
  /** SHA-256 of what is brought: going on with a deploy takes the same. */
  readonly archive: string
  readonly journal: ReleaseJournal
  /** Who deploys to it now, if anybody. */
  lockedBy(): Promise<HeldLock | null>
  /** What serves now; null before the first. @throws HelixError `precondition_failed` where that differs by machine */
  current(): Promise<string | null>
  /**
   * What serves where a release is gone back to, other than itself.
   * @throws HelixError `precondition_failed` when the release is not there, or serves already
   */
  replacedBy(release: string): Promise<string | null>
  /** What machines serve there instead of that. @throws HelixError as `replacedBy` does */
  servedBeside(release: string): Promise<Served>
  /** @throws HelixError `precondition_failed` where this release could not be brought, or not served as it must be */
  ready(passage: Passage): Promise<void>
  /** The steps as they are planned: nothing is locked, since nothing is changed. */
  plan(passage: Passage): Step[]
  /** Locks it, for us alone. @throws HelixError `lock_held` */
  hold(request: LockRequest, options: HoldOptions): Promise<HeldTarget>
}

/** A target that is ours to change until it is given back, or its lock is lost. */
export interface HeldTarget {
  readonly token: number
  /** Aborts when the lock was lost. */
  readonly signal: AbortSignal
  /** Takes nothing any more once the lock is lost. */
  readonly journal: ReleaseJournal
  /** In the order they are taken. */
  steps(passage: Passage): Step[]
  giveBack(): Promise<void>
}

/** The deploy that was never finished, if the last was not. */
export async function unfinishedIn(journal: ReleaseJournal): Promise<Progress | undefined> {
  const last = progressOf(await journal.read()).at(-1)
  return last && ['unfinished', 'undoing', 'stuck'].includes(last.state) ? last : undefined
}

/**
 * Makes sure that going back passes over no deploy that was never finished, unless its release is what serves: from that
 * there is always a way back, which ends it. Of any other something may run that nothing would end.
 * @param replaced what is gone back from
 * @throws HelixError `precondition_failed`
 */
export async function assertMayGoBack(journal: ReleaseJournal, replaced: string | null): Promise<void> {
  const left = await unfinishedIn(journal)
  if (left && left.release !== replaced) throw leftUnfinished(left)
}

/** The refusal to begin, or to go on with, another deploy than the one that was never finished. */
export function leftUnfinished({ release, by, target }: Progress): HelixError {
  return new HelixError('precondition_failed', `The deploy of ${release} by ${by} was never finished`, {
    hint: 'Go on with it, or have it undone, before another begins.',
    next: [`helix deploy ${target} --resume`, `helix deploy ${target} --undo`, 'helix releases'],
    details: { release, by },
  })
}
