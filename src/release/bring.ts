import { isDeepStrictEqual } from 'node:util'
import type { Audit } from '../audit/audit.ts'
import { asHelixError, codeOf, HelixError } from '../errors.ts'
import { type HookFacts, type Hooks, hooked } from './hooks.ts'
import type { JournalRecord, ReleaseJournal } from './journal.ts'
import { type Progress, progressOf, ROLL_BACK } from './progress.ts'
import { type ReleaseRun, runSteps, type StepWatcher, undoSteps } from './run.ts'
import type { Served } from './serving.ts'
import type { PlannedChange, StepName } from './steps.ts'
import { assertMayGoBack, leftUnfinished, type Passage, type Target, unfinishedIn } from './target.ts'
import { unlessStopped } from './unless-stopped.ts'

/** Who brings which release, and why. */
export interface Bringing {
  release: string
  reason: string
  by: string
  actor: string
  audit: Audit
  instead?: Pick<Audit, 'act'>
  /** Machines of the target that are left out of it, by name. */
  without?: readonly string[]
  signal: AbortSignal
  onStep: StepWatcher
  /** Programs of the checkout that are run beside it. */
  hooks?: Hooks
}

/** What a deploy would do, or did. */
export interface Deployed {
  release: string
  previous: string | null
  changes: (PlannedChange & { step: StepName })[]
}

/** What a deploy would change, in order; changes nothing. @throws HelixError `precondition_failed` as `bring` would */
export async function planOf(target: Target, bringing: Bringing): Promise<Deployed> {
  const { release, signal } = bringing
  const look = async () => {
    const left = await unfinishedIn(target.journal)
    if (left) throw leftUnfinished(left)
    const previous = await target.current()
    await target.ready({ release, previous, back: false, signal })
    return previous
  }
  const previous = await unlessStopped(signal, look())
  return planned(target, bringing, { previous, back: false })
}

/** What going back would change, in order; changes nothing. @throws HelixError `precondition_failed` as `goBackTo` would */
export async function planOfGoingBack(target: Target, bringing: Bringing): Promise<Deployed> {
  const previous = await unlessStopped(bringing.signal, target.replacedBy(bringing.release))
  await unlessStopped(bringing.signal, assertMayGoBack(target.journal, previous))
  return planned(target, bringing, { previous, back: true })
}

async function planned(
  target: Target,
  bringing: Bringing,
  { previous, back }: Pick<Passage, 'previous' | 'back'>,
): Promise<Deployed> {
  const { release, signal, hooks } = bringing
  const changes = []
  const steps = target.plan({ release, previous, back, signal })
  const facts = factsFor(target, bringing, { previous, back })
  for (const step of hooked(steps, hooks, facts, signal))
    for (const planned of await step.plan()) changes.push({ step: step.name, ...planned })
  return { release, previous, changes }
}

/**
 * Brings a release to its target, or leaves that as it was.
 * @throws HelixError `lock_held`, `rolled_back`, `rollback_failed`, `precondition_failed` (also when a deploy before it
 * was never finished), or what a step failed with
 */
export async function bring(target: Target, bringing: Bringing): Promise<Deployed> {
  const previous = await unlessStopped(bringing.signal, target.current())
  return whileHeld(target, bringing, { previous }, async (run) => {
    const { release, signal } = run
    const look = async () => {
      const left = await unfinishedIn(run.journal)
      if (left) throw leftUnfinished(left)
      stillServes(previous, await target.current())
      await target.ready({ release, previous, back: false, signal })
    }
    await unlessStopped(signal, look())
    await begin(run, target.archive)
    await runSteps(run)
  })
}

/**
 * Goes on with a deploy whose deployer died: to its end, or back where it had begun to be undone or `undo` says so.
 * @throws HelixError `precondition_failed` when there is none, or it was of another target or archive; else as `bring`
 */
export async function goOn(target: Target, bringing: Bringing, { undo = false } = {}): Promise<Deployed> {
  const { release, previous, served, rollBack } = await unlessStopped(bringing.signal, interruptedAt(target))
  const options = { previous, served, back: rollBack, resume: true }
  return whileHeld(target, { ...bringing, release }, options, async (run) => {
    // Read anew: until the lock was ours, its deployer may have been alive.
    const left = await unlessStopped(run.signal, interruptedAt(target))
    if (left.release !== release) throw leftUnfinished(left)
    if (left.state !== 'unfinished') return undoSteps(run)
    if (!undo) {
      sameArchive(left, target)
      return runSteps(run, left.done)
    }
    refuseLateUndo(left)
    await undoSteps(run)
  })
}

/**
 * Goes back to a release that is still there.
 * @throws HelixError `precondition_failed` when it is not, or is what serves, or a deploy was never finished whose
 * release does not serve; else as `bring`
 */
export async function goBackTo(target: Target, bringing: Bringing): Promise<Deployed> {
  const { release, signal } = bringing
  const previous = await unlessStopped(signal, target.replacedBy(release))
  const served = await unlessStopped(signal, target.servedBeside(release))
  return whileHeld(target, bringing, { previous, served, back: true }, async (run) => {
    // Read anew: until the lock was ours, another deploy may have switched, or removed the release.
    stillServes(previous, await unlessStopped(run.signal, target.replacedBy(release)))
    stillServes(served, await unlessStopped(run.signal, target.servedBeside(release)))
    await unlessStopped(run.signal, assertMayGoBack(run.journal, previous))
    await begin(run, ROLL_BACK, served)
    await runSteps(run)
  })
}

/** Runs `work` with the target locked; gives the lock back whatever comes of it. */
async function whileHeld(
  target: Target,
  { reason, hooks, without = [], ...told }: Bringing,
  {
    previous,
    served = {},
    back = false,
    resume = false,
  }: Pick<Passage, 'previous' | 'served'> & {
    back?: boolean
    resume?: boolean
  },
  work: (run: ReleaseRun) => Promise<void>,
): Promise<Deployed> {
  const { release } = told
  const held = await target.hold({ owner: told.by, reason, release }, { resume, back, signal: told.signal })
  const signal = AbortSignal.any([told.signal, held.signal])
  const facts = factsFor(target, { ...told, reason }, { previous, back })
  const steps = hooked(held.steps({ release, previous, served, back, signal }), hooks, facts, signal)
  const { token } = held
  let isBegun = false
  const journal: ReleaseJournal = {
    read: () => held.journal.read(),
    async append(record) {
      isBegun = true
      await held.journal.append(record)
    },
  }
  const outcome = async () => {
    const last = progressOf(await journal.read()).at(-1)
    return last?.release === release ? last.state : undefined
  }
  try {
    await tellLeftOut(told, without)
    await work({ ...told, target: target.name, previous, steps, journal, token, signal })
    const state = (await outcome().catch(() => undefined)) ?? 'live'
    await hooks?.tell(state === 'live' ? 'post-deploy' : 'on-failure', { ...facts, outcome: state })
    return { release, previous, changes: [] }
  } catch (thrown) {
    const state = (await outcome().catch(() => undefined)) ?? 'unknown'
    // What was refused before it began has changed nothing, and is no news.
    if (isBegun) await tellFailure({ ...told, hooks }, { ...facts, outcome: state }, thrown)
    throw thrown
  } finally {
    await held.giveBack()
  }
}

/** Written down before anything is done without them; where the log takes nothing, beside it. */
async function tellLeftOut(
  { release, actor, audit, instead }: Omit<Bringing, 'reason' | 'hooks' | 'without'>,
  without: readonly string[],
): Promise<void> {
  if (without.length === 0) return
  const data = { release, machines: [...without] }
  const entry = { channel: 'commands', kind: 'deploy.without.start', actor, data } as const
  const announced = audit.act(entry, () => {})
  await announced.catch(async (thrown: unknown) => {
    if (!instead || codeOf(thrown) !== 'audit_unavailable') throw thrown
    await instead.act(entry, () => {})
  })
}

/** Tells the room and the hook; whether or not anybody can be told, it ended as it did. */
async function tellFailure(
  { audit, actor, hooks }: Pick<Bringing, 'audit' | 'actor'> & { hooks: Hooks | undefined },
  facts: HookFacts & { outcome: string },
  thrown: unknown,
): Promise<void> {
  const { code, message } = asHelixError(thrown)
  const { release, previous, target, outcome } = facts
  const data = { release, previous, target, state: outcome, code }
  await audit.append({ channel: 'alerts', kind: 'deploy.failed', actor, data }).catch(() => {})
  await hooks?.tell('on-failure', { ...facts, failure: message })
}

function factsFor(
  { name }: Target,
  { release, by, reason }: Pick<Bringing, 'release' | 'by' | 'reason'>,
  { previous, back }: Pick<Passage, 'previous' | 'back'>,
): HookFacts {
  const kind = back ? 'roll-back' : 'deploy'
  return { release, previous: previous ?? '', target: name, kind, by, reason }
}

async function begin(
  { release, previous, by, token, target, journal }: ReleaseRun,
  note: string,
  served: Served = {},
) {
  const record: JournalRecord = {
    at: new Date().toISOString(),
    ...{ release, previous, by, token, target, note },
    ...(Object.keys(served).length > 0 && { served }),
    step: 'plan',
    event: 'begin',
  }
  await journal.append(record)
}

/** The deploy that was never finished. @throws HelixError `precondition_failed` when there is none of this target */
async function interruptedAt({ journal, name }: Target): Promise<Progress> {
  const left = await unfinishedIn(journal)
  if (left && left.target !== name) throw leftUnfinished(left)
  if (left) return left
  throw new HelixError('precondition_failed', 'No deploy was interrupted', { next: ['helix releases'] })
}

/** What served before has been told to end by then: requests sent back to it would reach nobody. */
function refuseLateUndo({ release, previous, begun, target }: Progress): void {
  if (previous === null || !begun.includes('prune')) return
  throw new HelixError('precondition_failed', `${release} serves, and ${previous} has been ended`, {
    hint: 'A roll-back starts the release before again, and then switches.',
    next: [`helix rollback ${previous}`, `helix deploy ${target} --resume`],
  })
}

function sameArchive({ release, archive, done, target }: Progress, given: Target): void {
  if (archive === undefined || done.has('upload') || archive === given.archive) return
  throw new HelixError('precondition_failed', `${release} was begun with another archive`, {
    hint: 'Name that one with --archive, or have the deploy undone.',
    next: [`helix deploy ${target} --undo`],
    details: { begunWith: archive, given: given.archive },
  })
}

/** What served when it was looked at may have been ended by whoever had the lock until then. */
function stillServes(before: string | null | Served, now: string | null | Served): void {
  if (isDeepStrictEqual(now, before)) return
  const told = (serves: string | null | Served) =>
    serves === null || typeof serves === 'string' ? (serves ?? 'nothing') : JSON.stringify(serves)
  throw new HelixError('precondition_failed', `${told(now)} serves by now, it was ${told(before)}`, {
    hint: 'Another deploy has just ended. Look, and try again.',
    next: ['helix releases'],
  })
}
