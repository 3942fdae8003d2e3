import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localHost } from '../shell/local.ts'
import { hostJournal, type JournalRecord, journalOnAll } from './journal.ts'
import { progressOf } from './progress.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-journals-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const place = (name: string) => ({ host: localHost(), folder: join(folder, name) })
const told = async (...names: string[]) =>
  progressOf(await journalOnAll(names.map(place)).read()).map(({ release, state }) => [release, state])

/** Writes down how a release was brought to these machines, by somebody whose clock shows that hour. */
async function brought(release: string, hour: number, to: readonly string[], steps = ['plan', 'prune']) {
  let minute = 0
  for (const step of steps as JournalRecord['step'][])
    for (const event of ['begin', 'done'] as const) {
      const at = new Date(Date.UTC(2026, 10, 26, hour, minute++)).toISOString()
      const record = { at, release, previous: null, step, event, by: 'ana@laptop', token: 1 }
      for (const name of to) {
        await mkdir(join(folder, name), { recursive: true })
        await hostJournal(place(name).host, place(name).folder).append(record)
      }
    }
}

test('a machine that was away hides nothing of what came meanwhile, whichever is named first', async () => {
  await brought('r1', 1, ['a', 'b'])
  await brought('r2', 2, ['b'])
  await brought('r3', 3, ['a'])
  await brought('r4', 4, ['a', 'b'])
  const all = ['r1', 'r2', 'r3', 'r4'].map((release) => [release, 'live'])
  expect(await told('a', 'b')).toEqual(all)
  expect(await told('b', 'a')).toEqual(all)
})

test('what was written after another comes after it, also by a clock that is behind', async () => {
  await brought('r1', 5, ['a', 'b'])
  await brought('r2', 1, ['b'])
  await brought('r3', 6, ['a', 'b'])
  expect(await told('a', 'b')).toEqual(['r1', 'r2', 'r3'].map((release) => [release, 'live']))
})

test('a run that one saw begin and another saw end is one', async () => {
  await brought('r1', 1, ['a', 'b'], ['plan'])
  await brought('r1', 2, ['b'], ['prune'])
  await brought('r2', 1, ['a'])
  expect(await told('a', 'b')).toEqual([
    ['r1', 'live'],
    ['r2', 'live'],
  ])
})

test('a deploy that one alone saw begin was never finished', async () => {
  await brought('r1', 1, ['a', 'b'])
  await brought('r2', 2, ['b'], ['plan', 'boot'])
  expect(await told('a', 'b')).toEqual([
    ['r1', 'live'],
    ['r2', 'unfinished'],
  ])
})
