import { mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createJournal } from '../../audit/journal.ts'
import { localHost } from '../../shell/local.ts'
import { script } from '../../shell/script.ts'
import { type Bringing, goBackTo, goOn } from '../bring.ts'
import { NO_CARGO } from '../cargo.ts'
import { gatewayTarget } from '../deploy.ts'
import { journalOnAll } from '../journal.ts'
import type { ReleaseLock } from '../lock.ts'
import { boot } from './boot.ts'
import type { Runner } from './runner.ts'
import { systemd } from './systemd.ts'

/** A release runs while its file is there; on machine a none of them starts. To start one ends it first, as PM2 does. */
const runner: Runner = {
  ...systemd,
  look: '',
  lacks: () => [],
  start: (folder, release) => ({
    act: script('rm -f "$1/$2.runs"; case "$1" in */a) exit 1;; esac; touch "$1/$2.runs"', folder, release),
    input: '',
  }),
  stop: (folder, release) => script('rm -f "$1/$2.runs"', folder, release),
  state: (folder, release) => script('[ ! -e "$1/$2.runs" ] || echo running', folder, release),
  readState: (text) => ({ state: text.trim() === 'running' ? 'running' : 'ended', restarts: 0 }),
  lastLines: () => script('true'),
  ask: () => script(`echo '{"status":200,"body":"{}"}'`),
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-served-'))
  for (const name of ['a', 'b']) {
    for (const part of ['releases/r1', 'releases/r2', 'run'])
      await mkdir(join(folder, name, part), { recursive: true })
    await writeFile(join(folder, name, 'r2.runs'), '')
  }
  await writeFile(join(folder, 'b/r1.runs'), '')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const places = () =>
  ['a', 'b'].map((name) => ({ host: { ...localHost(), name }, folder: join(folder, name), runner }))
const target = () =>
  gatewayTarget({
    ...{ places: places(), database: [], publicName: undefined, archive: NO_CARGO },
    ...{ bootMs: 1_000, watchMs: 0, drainMs: 1_000, keep: 1, note: () => {} },
    settings: { env: { reveal: () => '' }, config: '' } as never,
  })
const bringing = (): Bringing => ({
  ...{ release: 'r1', reason: 'a test', by: 'ana@laptop', actor: 'cli:ana' },
  audit: createJournal(join(folder, 'journal.jsonl')),
  signal: new AbortController().signal,
  onStep: () => {},
})
const serve = (name: string, release: string) => symlink(`releases/${release}`, join(folder, name, 'current'))
const served = async (name: string) => basename(await readlink(join(folder, name, 'current')))
const goesOnThere = () => readFile(join(folder, 'b/r1.runs'), 'utf8').then(() => true)

test('a roll-back that fails on one machine leaves the other the release it served already', async () => {
  await serve('a', 'r2')
  await serve('b', 'r1')
  await expect(goBackTo(target(), bringing())).rejects.toMatchObject({ code: 'rolled_back' })
  expect([await served('a'), await served('b'), await goesOnThere()]).toEqual(['r2', 'r1', true])
  const [begun] = await journalOnAll(places()).read()
  expect(begun).toMatchObject({ previous: 'r2', served: { 'gateway on b': 'r1' } })
}, 20_000)

test('one that is undone after its deployer died gives each machine what it served', async () => {
  await serve('a', 'r1')
  await serve('b', 'r1')
  const at = new Date().toISOString()
  const record = { at, release: 'r1', previous: 'r2', by: 'ana@laptop', token: 1, event: 'begin' } as const
  const plan = { ...record, step: 'plan', note: 'roll-back', served: { 'gateway on b': 'r1' } } as const
  for (const each of [plan, { ...record, step: 'boot' }, { ...record, step: 'switch' }] as const)
    await journalOnAll(places()).append(each)
  await goOn(target(), bringing(), { undo: true })
  expect([await served('a'), await served('b'), await goesOnThere()]).toEqual(['r2', 'r1', true])
}, 20_000)

test('what serves on is not taken for one that ends at once, however often it ended before', async () => {
  const often: Runner = { ...runner, readState: () => ({ state: 'running', restarts: 5 }) }
  const place = { host: localHost(), folder: join(folder, 'b'), runner: often, lock: {} as ReleaseLock }
  const options = { bootMs: 1_000, drainMs: 1_000 }
  await expect(boot(place, 'r1', { ...options, served: true })).resolves.toBeUndefined()
})
