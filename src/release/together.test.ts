import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createJournal } from '../audit/journal.ts'
import { HelixError } from '../errors.ts'
import { localHost } from '../shell/local.ts'
import { type Bringing, bring, goBackTo, goOn, planOf, planOfGoingBack } from './bring.ts'
import { giveBack, holdAll } from './hold.ts'
import { hostJournal } from './journal.ts'
import { progressOf } from './progress.ts'
import { STEPS, type Step, type StepName } from './steps.ts'
import type { Passage, Target } from './target.ts'
import { goesBackTogether, together } from './together.ts'

let folder: string
let acts: string[]
/** What each part serves, by its name. */
let serves: Record<string, string | null>
/** Steps that fail, or never end, as `web watch`. */
let failing: string[]
let dying: string | undefined
/** The part that cannot take the release. */
let refusing: string | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-together-'))
  acts = []
  serves = { gateway: 'g1', web: 'w1' }
  failing = []
  dying = undefined
  refusing = undefined
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const ofPart: Record<string, readonly StepName[]> = {
  gateway: STEPS.slice(2),
  web: ['upload', 'probe', 'switch', 'watch', 'prune'],
}

function part(name: string): Target {
  const place = { host: localHost(), folder: join(folder, name) }
  const steps = ({ release, previous, signal }: Passage) =>
    (ofPart[name] ?? []).map(
      (step): Step => ({
        name: step,
        ...(['probe', 'switch', 'watch'].includes(step) && { gate: true }),
        ...(step === 'prune' && { afterwards: true }),
        plan: () => [{ where: name, what: step }],
        async run() {
          acts.push(`${name} ${step}`)
          if (dying === `${name} ${step}`) await new Promise(() => {})
          if (failing.includes(`${name} ${step}`)) throw new HelixError('deploy_failed', `${name} is bad`)
          if (step === 'switch') serves[name] = release
          if (step === 'watch' && failing.length > 0)
            await new Promise((_resolve, reject) =>
              signal.addEventListener('abort', () => reject(signal.reason)),
            )
          return undefined
        },
        async undo() {
          acts.push(`undo ${name} ${step}`)
          if (failing.includes(`undo ${name} ${step}`)) throw new HelixError('host_failed', `${name} stays`)
          if (step === 'switch') serves[name] = previous
        },
      }),
    )
  return {
    name,
    archive: `${name} archive`,
    journal: hostJournal(place.host, place.folder),
    lockedBy: async () => null,
    current: async () => serves[name] ?? null,
    replacedBy: async () => serves[name] ?? null,
    servedBeside: async () => ({}),
    async ready() {
      if (refusing === name) throw new HelixError('precondition_failed', `${name} is not ready`)
    },
    plan: steps,
    async hold(request, options) {
      await mkdir(place.folder, { recursive: true })
      const held = await holdAll([place], request, options)
      const [{ lock } = { lock: undefined }] = held
      if (!lock) throw new Error('No lock')
      return {
        token: lock.token,
        signal: lock.signal,
        journal: hostJournal(place.host, place.folder, lock),
        steps,
        giveBack: () => giveBack(held),
      }
    },
  }
}

const all = () => together('all', [part('gateway'), part('web')])
const bringing = (release: string): Bringing => ({
  release,
  ...{ reason: 'a test', by: 'ana@laptop', actor: 'cli:ana' },
  audit: createJournal(join(folder, 'journal.jsonl')),
  signal: new AbortController().signal,
  onStep: () => {},
})
const last = async (name: string) => progressOf(await part(name).journal.read()).at(-1)

test('both are brought and asked before anything is switched, then one right after the other', async () => {
  await bring(all(), bringing('r2'))
  const order = acts.filter((act) => /upload|probe|switch/.test(act))
  expect(order).toEqual([
    'gateway upload',
    'web upload',
    'gateway probe',
    'web probe',
    'gateway switch',
    'web switch',
  ])
  expect(serves).toEqual({ gateway: 'r2', web: 'r2' })
  expect(await last('gateway')).toMatchObject({ state: 'live', previous: 'g1', target: 'all' })
  expect(await last('web')).toMatchObject({ state: 'live', previous: 'w1', target: 'all' })
})

test.each(['web probe', 'web switch', 'web watch', 'gateway watch'])(
  'where %s fails, both go back, the page before the gateway',
  async (bad) => {
    failing = [bad]
    await expect(bring(all(), bringing('r2'))).rejects.toMatchObject({ code: 'rolled_back', exit: 5 })
    expect(serves).toEqual({ gateway: 'g1', web: 'w1' })
    const undone = acts.filter((act) => act.startsWith('undo') && act.includes('upload'))
    expect(undone).toEqual(['undo web upload', 'undo gateway upload'])
    for (const name of ['gateway', 'web']) expect(await last(name)).toMatchObject({ state: 'undone' })
  },
)

test.each(['gateway boot', 'web upload', 'gateway switch', 'web switch', 'web prune'])(
  'a deployer that died in %s is gone on with, and nothing else is begun before',
  async (step) => {
    dying = step
    const held = all()
    let gone = () => Promise.resolve()
    void bring(
      {
        ...held,
        async hold(...args: Parameters<Target['hold']>) {
          const ours = await held.hold(...args)
          gone = ours.giveBack
          return ours
        },
      },
      bringing('r2'),
    )
    await expect.poll(() => acts.at(-1), { timeout: 10_000 }).toBe(step)
    dying = undefined
    await gone()
    await expect(bring(part('gateway'), bringing('r3'))).rejects.toMatchObject({
      next: expect.arrayContaining(['helix deploy all --resume']),
    })
    await goOn(all(), bringing('r4'))
    expect(serves).toEqual({ gateway: 'r2', web: 'r2' })
    expect(await last('web')).toMatchObject({ state: 'live', previous: 'w1', release: 'r2' })
    await bring(part('web'), bringing('r5'))
    expect(serves).toEqual({ gateway: 'r2', web: 'r5' })
  },
)

test('a deploy of the page alone that was never finished is not gone over', async () => {
  const journal = part('web').journal
  const record = { at: new Date().toISOString(), target: 'web', release: 'w2', previous: 'w1' }
  await journal.append({ ...record, by: 'ben@desk', token: 1, step: 'plan', event: 'begin' })
  await journal.append({ ...record, by: 'ben@desk', token: 1, step: 'upload', event: 'begin' })
  await expect(bring(all(), bringing('r2'))).rejects.toMatchObject({
    next: expect.arrayContaining(['helix deploy web --undo']),
  })
  expect(acts).toEqual([])
})

test('both go back together', async () => {
  await bring(all(), bringing('r2'))
  await goBackTo(all(), bringing('r1'))
  expect(serves).toEqual({ gateway: 'r1', web: 'r1' })
  expect(await last('web')).toMatchObject({ state: 'live', rollBack: true, previous: 'r2' })
})

test('nothing is done, nor planned, where the page could not be served', async () => {
  refusing = 'web'
  for (const attempt of [bring, planOf])
    await expect(attempt(all(), bringing('r2'))).rejects.toMatchObject({
      code: 'precondition_failed',
      message: 'web is not ready',
    })
  expect({ acts, begun: await last('gateway') }).toEqual({ acts: [], begun: undefined })
})

test('a deploy that was never finished is told before another is planned', async () => {
  const record = { at: new Date().toISOString(), target: 'gateway', release: 'g2', previous: 'g1' }
  await mkdir(join(folder, 'gateway'))
  await part('gateway').journal.append({ ...record, by: 'ben@desk', token: 1, step: 'plan', event: 'begin' })
  await part('gateway').journal.append({ ...record, by: 'ben@desk', token: 1, step: 'env', event: 'begin' })
  await expect(planOf(all(), bringing('r2'))).rejects.toMatchObject({
    next: expect.arrayContaining(['helix deploy gateway --resume']),
  })
})

test.each([
  ['gateway', 'g2'],
  ['web', 'w2'],
])(
  'nobody goes back over a deploy of the %s that was never finished, unless its release serves',
  async (name, release) => {
    const record = { at: new Date().toISOString(), target: name, release, previous: serves[name] ?? null }
    const line = { ...record, by: 'ben@desk', token: 1, event: 'begin' } as const
    await mkdir(join(folder, name))
    for (const step of ['plan', 'boot'] as const) await part(name).journal.append({ ...line, step })
    const refused = { next: expect.arrayContaining([`helix deploy ${name} --undo`]) }
    for (const target of [part(name), all()])
      await expect(goBackTo(target, bringing('r0'))).rejects.toMatchObject(refused)
    await expect(planOfGoingBack(part(name), bringing('r0'))).rejects.toMatchObject(refused)
    expect(acts).toEqual([])

    serves[name] = release
    await planOfGoingBack(all(), bringing('r0'))
    await goBackTo(all(), bringing('r0'))
    expect(serves).toEqual({ gateway: 'r0', web: 'r0' })
    expect(await last(name)).toMatchObject({ state: 'live', rollBack: true, previous: release })
  },
)

test('what came alone goes back alone, and before what came with the page only where that is named', async () => {
  await bring(part('gateway'), bringing('g1'))
  await bring(all(), bringing('r2'))
  const progress = async () => progressOf(await all().journal.read())
  const before = await progress()
  expect(() => goesBackTogether(before, 'g1')).toThrow(
    expect.objectContaining({ next: expect.arrayContaining(['helix rollback g1 --part gateway']) }),
  )
  await bring(part('gateway'), bringing('g3'))
  expect(goesBackTogether(await progress(), 'r2'), 'its page serves').toBe(false)
  await bring(all(), bringing('r4'))
  expect(goesBackTogether(await progress(), 'r2')).toBe(true)
})

test('a page that cannot be taken back keeps the gateway from nothing', async () => {
  failing = ['web watch', 'undo web switch']
  await expect(bring(all(), bringing('r2'))).rejects.toMatchObject({ code: 'rollback_failed', exit: 6 })
  expect(serves).toEqual({ gateway: 'g1', web: 'r2' })
  failing = []
  await goOn(all(), bringing('r3'), { undo: true })
  expect(serves).toEqual({ gateway: 'g1', web: 'w1' })
})
