import { HelixError } from '../errors.ts'
import type { JournalRecord, ReleaseJournal } from './journal.ts'
import { type Progress, progressOf } from './progress.ts'
import { type PlannedChange, STEPS, type Step, type StepName } from './steps.ts'
import {
  assertMayGoBack,
  type HeldTarget,
  type HoldOptions,
  leftUnfinished,
  type Passage,
  type Target,
  unfinishedIn,
} from './target.ts'

/**
 * Two targets as one: a release goes to both, step by step, the first before the second, and is taken back from both,
 * the second before the first. The journal of each tells of it, so that either can be gone on with alone afterwards.
 * @param name as one types it after `helix deploy`
 */
export function together(name: string, [one, other]: readonly [Target, Target]): Target {
  const both = (passage: Passage, stepsOf: (passage: Passage) => readonly [Step[], Step[]]) => {
    // What watches one ends as soon as the other is found bad.
    const bad = new AbortController()
    const lists = stepsOf({ ...passage, signal: AbortSignal.any([passage.signal, bad.signal]) })
    return STEPS.flatMap((step) => {
      const parts = lists.flatMap((steps) => steps.find((each) => each.name === step) ?? [])
      return parts.length === 0 ? [] : [asOne(step, parts, passage.signal, bad)]
    })
  }
  return {
    name,
    archive: `${one.archive}+${other.archive}`,
    journal: one.journal,
    lockedBy: async () => (await one.lockedBy()) ?? other.lockedBy(),
    current: () => one.current(),
    async replacedBy(release) {
      const previous = await one.replacedBy(release)
      await other.replacedBy(release)
      return previous
    },
    servedBeside: async (release) => ({
      ...(await one.servedBeside(release)),
      ...(await other.servedBeside(release)),
    }),
    async ready(passage) {
      await one.ready(passage)
      await other.ready(passage)
    },
    plan: (passage) => both(passage, (each) => [one.plan(each), other.plan(each)]),
    async hold(request, options) {
      const held: HeldTarget[] = []
      try {
        const first = await one.hold(request, options)
        held.push(first)
        const second = await other.hold(request, options)
        held.push(second)
        return await heldBoth(first, second, request.release, options)
      } catch (error) {
        for (const each of held.toReversed()) await each.giveBack()
        throw error
      }
    },
  }

  async function heldBoth(
    held: HeldTarget,
    heldOther: HeldTarget,
    release: string,
    { resume, back }: HoldOptions,
  ): Promise<HeldTarget> {
    const goesBack = back && !resume
    const previous = await (goesBack ? goneBackFrom(heldOther, release) : replacedInOther(held, heldOther))
    return {
      token: held.token,
      signal: AbortSignal.any([held.signal, heldOther.signal]),
      journal: inBoth(held, heldOther, previous),
      steps: (passage) => both(passage, (each) => [held.steps(each), heldOther.steps({ ...each, previous })]),
      async giveBack() {
        await heldOther.giveBack()
        await held.giveBack()
      },
    }
  }

  async function goneBackFrom({ journal }: HeldTarget, release: string): Promise<string | null> {
    const previous = await other.replacedBy(release)
    await assertMayGoBack(journal, previous)
    return previous
  }

  async function replacedInOther(held: HeldTarget, heldOther: HeldTarget): Promise<string | null> {
    const ours = await unfinishedIn(held.journal)
    const last = progressOf(await heldOther.journal.read()).at(-1)
    const gone = last !== undefined && last.release === ours?.release
    const left = await unfinishedIn(heldOther.journal)
    if (left && !gone) throw leftUnfinished(left)
    return gone ? last.previous : other.current()
  }
}

/**
 * Writes to both, the second with what it replaces itself; reads the first. What begins is written to the first before
 * the second, what ends after it: whoever dies in between leaves the first unfinished, from which both are gone on with.
 */
function inBoth(held: HeldTarget, other: HeldTarget, previous: string | null): ReleaseJournal {
  return {
    async append(record: JournalRecord) {
      const first = () => held.journal.append(record)
      const second = () => other.journal.append({ ...record, previous, token: other.token })
      const ends = record.event === 'done' || record.event === 'undone'
      for (const write of ends ? [second, first] : [first, second]) await write()
    },
    read: () => held.journal.read(),
  }
}

function asOne(name: StepName, parts: readonly Step[], signal: AbortSignal, bad: AbortController): Step {
  const undoable = parts.some(({ undo }) => undo)
  return {
    name,
    ...(parts.some(({ gate }) => gate) && { gate: true }),
    ...(parts.every(({ afterwards }) => afterwards) && { afterwards: true }),
    async plan() {
      const planned: PlannedChange[] = []
      for (const part of parts) planned.push(...(await part.plan()))
      return planned
    },
    async run() {
      // What is watched is watched at the same time; all else has its order.
      if (name === 'watch') return joined(await allOrNone(parts, bad))
      const told: (string | undefined)[] = []
      for (const part of parts) {
        if (told.length > 0) signal.throwIfAborted()
        told.push(await part.run())
      }
      return joined(told)
    },
    ...(undoable && {
      async undo() {
        // One that cannot be taken back keeps the other from nothing.
        const failures: unknown[] = []
        for (const part of parts.toReversed())
          await part.undo?.().catch((failure: unknown) => failures.push(failure))
        if (failures.length > 0) throw failures[0]
      },
    }),
  }
}

async function allOrNone(parts: readonly Step[], bad: AbortController): Promise<(string | undefined)[]> {
  const running = parts.map((part) => part.run())
  try {
    return await Promise.all(running)
  } catch (error) {
    bad.abort(error)
    await Promise.allSettled(running)
    throw error
  }
}

function joined(told: readonly (string | undefined)[]): string | undefined {
  return told.filter(Boolean).join('; ') || undefined
}

/**
 * Whether a release of the gateway is gone back to with the page: where what serves came with it, and the release did.
 * @param progress of the gateway
 * @throws HelixError `precondition_failed` naming the way, for one that came alone before what came with the page
 */
export function goesBackTogether(progress: readonly Progress[], release: string): boolean {
  const live = progress.filter(({ state }) => state === 'live')
  if (live.at(-1)?.target !== 'all') return false
  const brought = live.filter((each) => each.release === release)
  if (brought.length === 0 || brought.some(({ target }) => target === 'all')) return true
  throw new HelixError(
    'precondition_failed',
    `${release} came without the page, and what serves came with it`,
    {
      hint: 'The gateway can go back alone; the page stays then, or goes back by itself: helix rollback --part web.',
      next: [`helix rollback ${release} --part gateway`, 'helix releases'],
    },
  )
}
