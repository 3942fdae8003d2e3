import type { Audit } from '../audit/audit.ts'
import { asHelixError, codeOf, HelixError } from '../errors.ts'
import type { JournalRecord, ReleaseJournal } from './journal.ts'
import { progressOf } from './progress.ts'
import type { Step, StepName } from './steps.ts'

/** Told of what happens to each step. */
export type StepWatcher = (step: StepName, event: JournalRecord['event'], note?: string) => void

export interface ReleaseRun {
  /** What it is brought to, as one types it after `helix deploy`. */
  target: string
  release: string
  previous: string | null
  /** In order, from `env` on: what comes before is done by whoever starts the run. */
  steps: readonly Step[]
  journal: ReleaseJournal
  audit: Audit
  /** Where undoing is written down while the log takes nothing: what made the release bad may be what it lacks, too. */
  instead?: Pick<Audit, 'act'>
  /** `ana@laptop`, for the journal. */
  by: string
  actor: string
  token: number
  /** Aborts when the lock was lost or the person asked to end: what was done is then undone. */
  signal: AbortSignal
  onStep: StepWatcher
}

/**
 * Takes a release through its steps, each written down before it runs. A step that fails has everything undone that
 * was done, last first.
 * @param done steps that an earlier, interrupted run has finished
 * @throws HelixError `rolled_back` when a gate failed and all is as before, `rollback_failed` when undoing failed, the
 * step's own failure, and that all is as before, when it was no gate, or when the release serves and stays
 */
export async function runSteps(run: ReleaseRun, done: ReadonlySet<StepName> = new Set()): Promise<void> {
  for (const step of run.steps) {
    if (done.has(step.name)) continue
    try {
      run.signal.throwIfAborted()
      await runStep(run, step)
    } catch (thrown) {
      const failure = failureOf(run, thrown)
      await note(run, step.name, 'failed', failure.message).catch(() => {})
      if (step.afterwards) throw leftOver(run, step, failure)
      await undoSteps(run, failure)
      throw step.gate ? rolledBack(run, step, failure) : notDone(run, step, failure)
    }
  }
}

/** A signal aborts with its name: whoever reads the journal learns that it was meant. */
function failureOf({ signal }: ReleaseRun, thrown: unknown): HelixError {
  const ended = thrown === signal.reason || (thrown as Error | undefined)?.name === 'AbortError'
  if (!signal.aborted || !ended) return asHelixError(thrown)
  if (signal.reason instanceof HelixError) return signal.reason
  return new HelixError('stopped', `It was asked to end (${String(thrown)})`)
}

async function runStep(run: ReleaseRun, step: Step): Promise<void> {
  await note(run, step.name, 'begin')
  const data = { release: run.release, step: step.name }
  const told = await run.audit.act(
    { channel: 'commands', kind: 'deploy.step.start', actor: run.actor, data },
    () => step.run(),
  )
  await note(run, step.name, 'done', told)
}

/**
 * Undoes what the journal says was begun, last first; may be called again after it was interrupted.
 * @throws HelixError `rollback_failed` naming the step that could not be undone
 */
export async function undoSteps(run: ReleaseRun, because?: HelixError): Promise<void> {
  const begun = await begunBy(run, because)
  for (const step of run.steps.toReversed()) {
    if (!begun.has(step.name)) continue
    try {
      await note(run, step.name, 'undo')
      if (step.undo) await undoStep(run, step, step.undo)
      await note(run, step.name, 'undone')
    } catch (thrown) {
      const failure = asHelixError(thrown)
      await note(run, step.name, 'undo_failed', failure.message).catch(() => {})
      throw rollbackFailed(run, step.name, failure, because)
    }
  }
}

/** What is ours to undo: nothing, once somebody else has begun another release. */
async function begunBy(run: ReleaseRun, because: HelixError | undefined): Promise<ReadonlySet<StepName>> {
  try {
    const last = progressOf(await run.journal.read()).at(-1)
    if (last?.release === run.release) return new Set(last.begun)
    throw new HelixError('lock_held', `${last?.by ?? 'nobody'} deploys ${last?.release ?? 'nothing'} by now`)
  } catch (thrown) {
    throw rollbackFailed(run, 'plan', asHelixError(thrown), because)
  }
}

async function undoStep(
  { audit, instead, ...run }: ReleaseRun,
  step: Step,
  undo: () => Promise<void>,
): Promise<void> {
  const data = { release: run.release, step: step.name }
  const entry = { channel: 'commands', kind: 'deploy.undo.start', actor: run.actor, data } as const
  try {
    await audit.act(entry, undo)
  } catch (thrown) {
    if (!instead || codeOf(thrown) !== 'audit_unavailable') throw thrown
    await instead.act(entry, undo)
  }
}

async function note(
  { journal, target, release, previous, by, token, onStep }: ReleaseRun,
  step: StepName,
  event: JournalRecord['event'],
  text?: string,
): Promise<void> {
  const at = new Date().toISOString()
  await journal.append({ at, target, release, previous, step, event, by, token, ...(text && { note: text }) })
  onStep(step, event, text)
}

function asBefore({ previous }: ReleaseRun): string {
  return previous === null ? 'nothing was deployed before it' : `${previous} serves as before`
}

function rolledBack(run: ReleaseRun, step: Step, failure: HelixError): HelixError {
  const { release, previous } = run
  return new HelixError('rolled_back', `${release} failed at ${step.name} and was undone; ${asBefore(run)}`, {
    hint: [failure.message, failure.hint].filter(Boolean).join('. '),
    next: ['helix releases'],
    details: { ...failure.details, release, previous, step: step.name, code: failure.code },
    cause: failure,
  })
}

/** Something that could not be done, which says nothing of the release. */
function notDone(run: ReleaseRun, step: Step, failure: HelixError): HelixError {
  const undone = `${run.release} was undone at ${step.name}; ${asBefore(run)}.`
  return new HelixError(failure.code, failure.message, {
    hint: [failure.hint, undone].filter(Boolean).join(' '),
    next: [...failure.next, 'helix releases'],
    details: { ...failure.details, release: run.release, previous: run.previous, step: step.name },
    cause: failure,
  })
}

/** A release that serves well, and whose deploy still has something to clear away. */
function leftOver({ release, target }: ReleaseRun, step: Step, failure: HelixError): HelixError {
  // What was merely asked to end says nothing more; this has something left to say.
  const code = failure.code === 'stopped' ? 'deploy_failed' : failure.code
  return new HelixError(code, `${release} serves, but ${step.name} failed: ${failure.message}`, {
    hint: [failure.hint, `Nothing was undone. What is left is done by: ${again(target)}.`]
      .filter(Boolean)
      .join(' '),
    next: [again(target), 'helix releases'],
    details: { ...failure.details, release, step: step.name },
    cause: failure,
  })
}

function rollbackFailed(
  { release, previous, target }: ReleaseRun,
  step: StepName,
  failure: HelixError,
  because: HelixError | undefined,
): HelixError {
  const why = because ? `${because.message}. ` : ''
  return new HelixError('rollback_failed', `${release} could not be undone: ${step}: ${failure.message}`, {
    hint: `${why}${failure.hint ?? ''} Once that is mended: ${again(target)}.`,
    next: [again(target), 'helix releases'],
    details: { ...failure.details, release, previous, step },
    cause: failure,
  })
}

/** What goes on with a deploy of this target. */
function again(target: string): string {
  return `helix deploy ${target} --resume`
}
