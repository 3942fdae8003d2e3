import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createJournal } from '../audit/journal.ts'
import { HelixError } from '../errors.ts'
import { JournalRecord, type ReadRecord, type ReleaseJournal } from './journal.ts'
import { healthyBefore, progressOf, ROLL_BACK, worthKeeping } from './progress.ts'
import { type ReleaseRun, runSteps, undoSteps } from './run.ts'
import { STEPS, type Step, type StepName } from './steps.ts'

let folder: string
let journal: ReleaseJournal
/** What the steps did, in order. */
let acts: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-release-'))
  const records: ReadRecord[] = []
  journal = {
    append: async (record) => void records.push(JournalRecord.parse(record)),
    read: async () => [...records],
  }
  acts = []
  await journal.append({ ...header, at: new Date().toISOString(), step: 'plan', event: 'begin' })
  await journal.append({ ...header, at: new Date().toISOString(), step: 'plan', event: 'done' })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const header = { target: 'gateway', release: 'r2', previous: 'r1', by: 'ana@laptop', token: 1 }

/** A release whose steps write down what they do; `failing` throw when they run, `stuck` when they are undone. */
function release({
  failing = [],
  stuck = [],
  signal,
}: {
  failing?: StepName[]
  stuck?: StepName[]
  signal?: AbortSignal
} = {}): ReleaseRun {
  const steps = STEPS.slice(2).map(
    (name): Step => ({
      name,
      ...(['boot', 'probe', 'switch', 'watch'].includes(name) && { gate: true }),
      ...(name === 'prune' && { afterwards: true }),
      plan: () => [],
      async run() {
        const records = await journal.read()
        expect(records.at(-1)).toMatchObject({ step: name, event: 'begin' })
        acts.push(name)
        if (failing.includes(name)) throw new HelixError('deploy_failed', `${name} said no`)
        return undefined
      },
      async undo() {
        if (stuck.includes(name)) throw new HelixError('host_unreachable', 'the host is away')
        acts.push(`undo ${name}`)
      },
    }),
  )
  return {
    ...header,
    steps,
    journal,
    audit: createJournal(join(folder, 'journal.jsonl')),
    actor: 'cli:ana',
    signal: signal ?? new AbortController().signal,
    onStep: () => {},
  }
}

const last = async () => progressOf(await journal.read()).at(-1)

test('each step is in the journal before it runs, and the release is live after the last', async () => {
  await runSteps(release())
  expect(acts).toEqual(STEPS.slice(2))
  expect(await last()).toMatchObject({ release: 'r2', previous: 'r1', state: 'live' })
})

test('a failed gate has everything undone, last first, and ends with 5', async () => {
  const failure = await runSteps(release({ failing: ['watch'] })).catch((error: HelixError) => error)
  expect(failure).toMatchObject({ code: 'rolled_back', exit: 5 })
  expect(failure).toMatchObject({ hint: expect.stringContaining('watch said no') })
  const begun = STEPS.slice(2, -1)
  expect(acts).toEqual([...begun, ...begun.toReversed().map((name) => `undo ${name}`)])
  expect(await last()).toMatchObject({ state: 'undone', begun: [] })
})

test('a step that is no gate keeps its own failure, and all is undone', async () => {
  await expect(runSteps(release({ failing: ['upload'] }))).rejects.toMatchObject({ code: 'deploy_failed' })
  expect(acts).toEqual([
    'env',
    'backup',
    'migrate',
    'upload',
    'undo upload',
    'undo migrate',
    'undo backup',
    'undo env',
  ])
})

test('a release that took the log with it is undone all the same, written down beside the log', async () => {
  const bad = release()
  const away = { act: () => Promise.reject(new HelixError('audit_unavailable', 'the database is away')) }
  bad.instead = createJournal(join(folder, 'instead.jsonl'))
  const step = bad.steps.find(({ name }) => name === 'watch') as Step
  step.run = async () => {
    Object.assign(bad.audit, away)
    throw new HelixError('deploy_failed', 'no longer answers')
  }
  await expect(runSteps(bad)).rejects.toMatchObject({ code: 'rolled_back' })
  expect(await last()).toMatchObject({ state: 'undone' })
  const instead = await readFile(join(folder, 'instead.jsonl'), 'utf8')
  expect(instead.match(/deploy\.undo\.start/g)).toHaveLength(8)
})

test('undoing that fails ends with 6, and goes on from there later', async () => {
  const failing = release({ failing: ['probe'], stuck: ['boot'] })
  await expect(runSteps(failing)).rejects.toMatchObject({ code: 'rollback_failed', exit: 6 })
  expect(await last()).toMatchObject({
    state: 'stuck',
    begun: ['env', 'backup', 'migrate', 'upload', 'boot'],
  })
  acts = []
  await undoSteps(release())
  expect(acts).toEqual(['undo boot', 'undo upload', 'undo migrate', 'undo backup', 'undo env'])
  expect(await last()).toMatchObject({ state: 'undone' })
})

test('clearing away that fails leaves the release serving, and is gone on with later', async () => {
  const failing = release({ failing: ['prune'] })
  await expect(runSteps(failing)).rejects.toMatchObject({
    code: 'deploy_failed',
    message: expect.stringContaining('r2 serves'),
  })
  expect(acts).toEqual(STEPS.slice(2))
  const progress = await last()
  expect(progress).toMatchObject({ state: 'unfinished' })
  acts = []
  await runSteps(release(), progress?.done)
  expect(acts).toEqual(['prune'])
  expect(await last()).toMatchObject({ state: 'live' })
})

test('a deploy that another has taken over from undoes nothing of it, and does not say it was undone', async () => {
  const losing = release()
  const step = losing.steps.find(({ name }) => name === 'watch') as Step
  step.run = async () => {
    const at = new Date().toISOString()
    const other = { ...header, at, release: 'r3', by: 'ben@desk' }
    await journal.append({ ...other, step: 'plan', event: 'begin' })
    await journal.append({ ...other, step: 'env', event: 'begin' })
    throw new HelixError('lock_held', 'the lock was lost')
  }
  // Nothing is written by whoever has lost the lock.
  losing.journal = {
    ...journal,
    append: async (record) => {
      if ((await last())?.release !== 'r2') throw new HelixError('lock_held', 'the lock was lost')
      await journal.append(record)
    },
  }
  await expect(runSteps(losing)).rejects.toMatchObject({
    code: 'rollback_failed',
    message: expect.stringContaining('ben@desk deploys r3'),
  })
  expect(acts.filter((act) => act.startsWith('undo'))).toEqual([])
})

test.each(STEPS.slice(2))('a release whose deployer died in %s is finished from there', async (name) => {
  const dying = release()
  const step = dying.steps.find((each) => each.name === name) as Step
  step.run = () => new Promise(() => {})
  void runSteps(dying)
  await expect.poll(async () => (await journal.read()).at(-1)).toMatchObject({ step: name, event: 'begin' })
  const progress = await last()
  expect(progress).toMatchObject({ state: 'unfinished' })
  acts = []
  await runSteps(release(), progress?.done)
  expect(acts).toEqual(STEPS.slice(STEPS.indexOf(name)))
  expect(await last()).toMatchObject({ state: 'live' })
})

test('whoever asks it to end has it undone', async () => {
  const ending = new AbortController()
  const ended = release({ signal: ending.signal })
  const step = ended.steps.find(({ name }) => name === 'upload') as Step
  step.run = async () => {
    ending.abort('SIGINT')
    return undefined
  }
  await expect(runSteps(ended)).rejects.toMatchObject({
    code: 'rolled_back',
    hint: expect.stringContaining('It was asked to end (SIGINT)'),
  })
  expect(acts).toEqual(['env', 'backup', 'migrate', 'undo upload', 'undo migrate', 'undo backup', 'undo env'])
})

test('going back twice goes further back, and not to what was gone back from', () => {
  const at = new Date().toISOString()
  const live = (release: string, previous: string | null, note = 'an archive') => [
    { ...header, at, release, previous, step: 'plan' as const, event: 'begin' as const, note },
    { ...header, at, release, previous, step: 'prune' as const, event: 'done' as const },
  ]
  const deployed = [...live('r1', null), ...live('r2', 'r1'), ...live('r3', 'r2')]
  expect(healthyBefore(progressOf(deployed), 'r3')).toBe('r2')
  const back = [...deployed, ...live('r2', 'r3', ROLL_BACK)]
  expect(healthyBefore(progressOf(back), 'r2')).toBe('r1')
  const again = [...back, ...live('r3', 'r2')]
  expect(healthyBefore(progressOf(again), 'r3')).toBe('r2')
})

test('what may be gone back to is kept, and what was gone back from is not', () => {
  const at = new Date().toISOString()
  const live = (release: string, previous: string | null, note = 'an archive') => [
    { ...header, at, release, previous, step: 'plan' as const, event: 'begin' as const, note },
    { ...header, at, release, previous, step: 'prune' as const, event: 'done' as const },
  ]
  const back = [...live('r1', null), ...live('r2', 'r1'), ...live('r3', 'r2'), ...live('r2', 'r3', ROLL_BACK)]
  const next = [...back, ...live('r4', 'r2')]
  expect(worthKeeping(progressOf(next), 'r4'), 'r3 was gone back from').toEqual(['r1', 'r2'])
  expect(worthKeeping(progressOf([...next, ...live('r5', 'r4')]), 'r5')).toEqual(['r2', 'r4'])
  expect(worthKeeping(progressOf(next.slice(0, -1)), 'r4'), 'before its own prune is done').toEqual([
    'r1',
    'r2',
  ])
})
