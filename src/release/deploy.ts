import type { Audit } from '../audit/audit.ts'
import { HelixError } from '../errors.ts'
import { hostJournal, type ReleaseJournal } from './journal.ts'
import { acquireLock } from './lock.ts'
import { type Progress, progressOf, ROLL_BACK } from './progress.ts'
import { type ReleaseRun, runSteps, type StepWatcher, undoSteps } from './run.ts'
import type { PlannedChange, Step, StepName } from './steps.ts'
import type { Facts } from './vps/facts.ts'
import { readFacts } from './vps/facts.ts'
import type { HeldPlace, Place } from './vps/place.ts'
import { type VpsRelease, vpsSteps } from './vps/steps.ts'

/** A release of the gateway, and how it is brought. */
export interface GatewayDeploy extends Omit<VpsRelease, 'places' | 'previous' | 'signal'> {
  places: readonly Place[]
  /** The steps that concern the database. */
  database: readonly Step[]
  reason: string
  by: string
  actor: string
  audit: Audit
  instead?: Pick<Audit, 'act'>
  signal: AbortSignal
  onStep: StepWatcher
}

/** What a deploy would do, or did. */
export interface Deployed {
  release: string
  previous: string | null
  changes: (PlannedChange & { step: StepName })[]
}

/** Of a release that is on the machines already. */
const BACK: readonly StepName[] = ['boot', 'probe', 'switch', 'watch', 'prune']
const ORDER: readonly StepName[] = [
  'env',
  'backup',
  'migrate',
  'upload',
  'boot',
  'probe',
  'switch',
  'watch',
  'prune',
]

/** What a deploy would change, in order; changes nothing. @throws HelixError `precondition_failed` as `deploy` would */
export async function planDeploy(given: GatewayDeploy): Promise<Deployed> {
  const facts = await factsOf(given)
  const previous = currentOf(facts, given.places)
  const places = given.places.map((place): HeldPlace => ({ ...place, lock: noLock }))
  const steps = stepsOf(given, { places, previous, signal: given.signal })
  const changes = []
  for (const step of steps)
    for (const planned of await step.plan()) changes.push({ step: step.name, ...planned })
  return { release: given.release, previous, changes }
}

/**
 * Brings a release to all its places, or leaves them as they were.
 * @throws HelixError `lock_held`, `rolled_back`, `rollback_failed`, `precondition_failed` (also when a deploy before it
 * was never finished), or what a step failed with
 */
export async function deploy(given: GatewayDeploy): Promise<Deployed> {
  const previous = currentOf(await factsOf(given), given.places)
  return whileHeld(given, previous, async (run) => {
    const left = await unfinished(run.journal)
    if (left) throw leftUnfinished(left)
    await stillServes(given, previous)
    const { release, by, token } = run
    const record = { at: new Date().toISOString(), release, previous, by, token, step: 'plan' as const }
    await run.journal.append({ ...record, event: 'begin', note: given.archive.sha256 })
    await runSteps(run)
  })
}

/**
 * Goes on with a deploy whose deployer died: to its end, or back where it had begun to be undone or `undo` says so.
 * @param given with the release, archive and settings of that deploy
 * @throws HelixError `precondition_failed` when there is none, or it was of another archive; else as `deploy` does
 */
export async function resume(given: GatewayDeploy, { undo = false } = {}): Promise<Deployed> {
  const { release, previous, rollBack } = await interruptedAt(given.places)
  return whileHeld(
    { ...given, release, ...(rollBack && { watchMs: 0 }) },
    previous,
    async (run) => {
      // Read anew: until the lock was ours, its deployer may have been alive.
      const left = await interruptedAt(given.places)
      if (left.release !== release) throw leftUnfinished(left)
      if (left.state !== 'unfinished') return undoSteps(run)
      if (!undo) {
        sameArchive(left, given)
        return runSteps(run, left.done)
      }
      refuseLateUndo(left)
      await undoSteps(run)
    },
    { resuming: true, order: rollBack ? BACK : ORDER },
  )
}

/** What served before has been told to end by then: requests sent back to it would reach nobody. */
function refuseLateUndo({ release, previous, begun }: Progress): void {
  if (previous === null || !begun.includes('prune')) return
  throw new HelixError('precondition_failed', `${release} serves, and ${previous} has been ended`, {
    hint: 'A roll-back starts the release before again, and then switches.',
    next: [`helix rollback ${previous}`, 'helix deploy gateway --resume'],
  })
}

function sameArchive({ release, archive, done }: Progress, given: GatewayDeploy): void {
  if (archive === undefined || done.has('upload') || archive === given.archive.sha256) return
  throw new HelixError('precondition_failed', `${release} was begun with another archive`, {
    hint: 'Name that one with --archive, or have the deploy undone.',
    next: ['helix deploy gateway --undo'],
    details: { begunWith: archive, given: given.archive.sha256 },
  })
}

/**
 * Goes back to a release that is still on the machines, with the settings it had.
 * @throws HelixError `precondition_failed` when it is not there, or is what serves; else as `deploy` does
 */
export async function goBack(given: GatewayDeploy): Promise<Deployed> {
  const facts = await factsOf(given)
  const { release, places } = given
  const lacking = places
    .filter((_place, i) => !facts[i]?.releases.includes(release))
    .map(({ host }) => host.name)
  if (lacking.length > 0)
    throw new HelixError('precondition_failed', `${release} is not on ${lacking.join(', ')}`, {
      hint: `There ${facts[0]?.releases.length === 1 ? 'is' : 'are'} ${facts[0]?.releases.join(', ') || 'none'}.`,
      next: ['helix releases'],
    })
  const serving = [...new Set(facts.map(({ current }) => current))]
  const previous = serving.find((current) => current !== null && current !== release) ?? null
  if (serving.every((current) => current === release))
    throw new HelixError('precondition_failed', `${release} serves already`)
  return whileHeld(
    given,
    previous,
    async (run) => {
      const { by, token, journal } = run
      const record = { at: new Date().toISOString(), release, previous, by, token, step: 'plan' as const }
      await journal.append({ ...record, event: 'begin', note: ROLL_BACK })
      await runSteps(run)
    },
    { order: BACK },
  )
}

/** The deploy that was never finished. @throws HelixError `precondition_failed` when there is none */
async function interruptedAt([first]: readonly Place[]): Promise<Progress> {
  const left = first && (await unfinished(hostJournal(first.host, first.folder)))
  if (left) return left
  throw new HelixError('precondition_failed', 'No deploy was interrupted', { next: ['helix releases'] })
}

async function unfinished(journal: ReleaseJournal): Promise<Progress | undefined> {
  const last = progressOf(await journal.read()).at(-1)
  return last && ['unfinished', 'undoing', 'stuck'].includes(last.state) ? last : undefined
}

/** Runs `work` with every machine locked; gives the locks back whatever comes of it. */
async function whileHeld(
  given: GatewayDeploy,
  previous: string | null,
  work: (run: ReleaseRun) => Promise<void>,
  { order = ORDER, resuming = false } = {},
): Promise<Deployed> {
  const [first] = given.places
  if (!first) throw new HelixError('usage', 'No machine to deploy to')
  const held = await holdAll(given, resuming)
  const signal = AbortSignal.any([given.signal, ...held.map(({ lock }) => lock.signal)])
  const { release, audit, instead, by, actor, onStep } = given
  const steps = stepsOf(given, { places: held, previous, signal }, order)
  const journal = hostJournal(first.host, first.folder, held.find(({ host }) => host === first.host)?.lock)
  const token = held[0]?.lock.token ?? 0
  try {
    const told = { audit, ...(instead && { instead }), by, actor, onStep }
    await work({ release, previous, steps, journal, token, signal, ...told })
    return { release, previous, changes: [] }
  } finally {
    for (const { lock } of held.toReversed()) await lock.release().catch(() => {})
  }
}

function leftUnfinished({ release, by }: Progress): HelixError {
  return new HelixError('precondition_failed', `The deploy of ${release} by ${by} was never finished`, {
    hint: 'Go on with it, or have it undone, before another begins.',
    next: ['helix deploy gateway --resume', 'helix deploy gateway --undo', 'helix releases'],
    details: { release, by },
  })
}

async function holdAll(
  { places, by, reason, release }: GatewayDeploy,
  resume: boolean,
): Promise<HeldPlace[]> {
  const held: HeldPlace[] = []
  try {
    // One after the other in a fixed order, so that of two deploys one gets all.
    for (const place of places.toSorted((a, b) => a.host.name.localeCompare(b.host.name)))
      held.push({
        ...place,
        lock: await acquireLock(place.host, place.folder, { owner: by, reason, release }, { resume }),
      })
  } catch (error) {
    for (const { lock } of held) await lock.release().catch(() => {})
    throw error
  }
  return places.map((place) => held.find(({ host }) => host === place.host) as HeldPlace)
}

/** What served when it was looked at may have been ended by whoever had the lock until then. */
async function stillServes(given: GatewayDeploy, previous: string | null): Promise<void> {
  const now = currentOf(await factsOf(given), given.places)
  if (now === previous) return
  throw new HelixError('precondition_failed', `${now ?? 'nothing'} serves by now, it was ${previous}`, {
    hint: 'Another deploy has just ended. Look, and try again.',
    next: ['helix releases'],
  })
}

function factsOf({ places, archive }: GatewayDeploy): Promise<Facts[]> {
  return Promise.all(places.map((place) => readFacts(place, archive.bytes)))
}

/** What serves now, everywhere. @throws HelixError `precondition_failed` where machines differ */
function currentOf(facts: readonly Facts[], places: readonly Place[]): string | null {
  const [first] = facts
  const odd = facts.findIndex(({ current }) => current !== first?.current)
  if (odd < 0) return first?.current ?? null
  throw new HelixError(
    'precondition_failed',
    `${places[0]?.host.name} serves ${first?.current}, ${places[odd]?.host.name} serves ${facts[odd]?.current}`,
    { hint: 'Bring them together first: helix rollback <release>.', next: ['helix releases'] },
  )
}

function stepsOf(
  { database, ...given }: GatewayDeploy,
  held: Pick<VpsRelease, 'places' | 'previous' | 'signal'>,
  order = ORDER,
): Step[] {
  const byName = new Map<StepName, Step>(database.map((step) => [step.name, step]))
  for (const step of Object.values(vpsSteps({ ...given, ...held }))) byName.set(step.name, step)
  return order.flatMap((name) => byName.get(name) ?? [])
}

/** What a plan stands on: nothing is locked, since nothing is changed. */
const noLock: HeldPlace['lock'] = {
  token: 0,
  signal: new AbortController().signal,
  fenced: (act) => act,
  lose() {},
  async release() {},
}
